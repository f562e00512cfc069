import ADMModel
import Foundation

@testable import ADMCommands
@testable import ADMProfiles

/// Settings, the values in them that people write as text, and access tokens.
let settingTargets = [
    FuzzTarget("profile") { bytes in
        guard let text = try? SettingsFile.text(bytes, path: "profile.toml") else { return }
        for kind in [ProfileFile.Kind.profile, .config] {
            guard let file = try? ProfileFile.parse(text: text, path: "p", kind: kind) else {
                continue
            }
            for name in file.names {
                guard let value = try? file.value(of: name) else { continue }
                try expectKept("\(name) = \(value.toml)", name, value, kind)
            }
            try expectEdited(text, kind)
        }
    },
    FuzzTarget(text: "rate") { text in
        guard let rate = Rate(parsing: text) else { return }
        try promise(Rate(parsing: rate.description), is: rate, "the rate read again")
        for seconds in [-1e9, 0, 1_790_000_000.5, 4e9] {
            let date = Date(timeIntervalSince1970: seconds)
            let bytes = rate.bytes(at: LocalTime(date, offset: 0))
            try promise(bytes >= 0, "the rate is \(bytes)")
        }
    },
    FuzzTarget(text: "byte-count") { text in
        guard let count = ByteCount(parsing: text) else { return }
        try promise(count.bytes >= 0, "the size is \(count.bytes)")
        try promise(!count.description.isEmpty, "it has no name")
        try promise(ByteCount(parsing: "\(count.bytes)") != nil, "\(count.bytes) read again")
    },
    FuzzTarget(text: "duration") { text in
        guard let duration = Duration(parsing: text) else { return }
        try promise(duration >= .zero && duration.seconds.isFinite, "the time is \(duration)")
    },
    FuzzTarget(text: "moment") { text in
        let now = Date(timeIntervalSince1970: 1_790_000_000)
        guard let date = try? TimeParser.parse(text, option: "--at", now: now) else { return }
        let seconds = date.timeIntervalSince1970
        try promise(Int64(exactly: (seconds * 1000).rounded()) != nil, "the time is \(seconds)")
        try promise(abs(seconds) < 1e12, "the time is \(seconds)")
    },
    FuzzTarget(text: "checksum") { text in
        guard let checksum = try? Checksum(parsing: text) else { return }
        try promise(checksum.bytes.count, is: checksum.algorithm.byteCount, "\(checksum)")
        try promise(try? Checksum(parsing: checksum.description), is: checksum, "\(checksum)")
    },
    FuzzTarget(text: "access-token") { text in
        guard let id = TokenText.id(in: text) else { return }
        try promise(TokenText.isID(id), "the identifier is \(id.debugDescription)")
        try promise(text.hasPrefix("adm_\(id)_") && text.utf8.count == 56, "the rest of \(id)")
        try promise(text.utf8.allSatisfy { $0 < 0x80 } && !text.holdsControls, "it is not plain")
    },
]

/// Sees that a value that is written as TOML is the same when it is read again.
private func expectKept(
    _ line: String,
    _ name: String,
    _ value: SettingValue,
    _ kind: ProfileFile.Kind
) throws(BrokenPromise) {
    if case .text(let text) = value, SettingValue.masked(text) != text { return }
    let again = try? ProfileFile.parse(text: line, path: "p", kind: kind).value(of: name)
    try promise(again, is: value, line)
}

/// Sees that a setting can be put into a file that was read, and taken out again.
private func expectEdited(_ text: String, _ kind: ProfileFile.Kind) throws(BrokenPromise) {
    let changed = try? ProfileEditor.set("retries", to: ["7"], in: text, kind: kind)
    guard let changed else { throw BrokenPromise(description: "a setting cannot be added") }
    let file = try? ProfileFile.parse(text: changed, path: "p", kind: kind)
    try promise((try? file?.value(of: "retries")) == .number(7), "a setting that was added is lost")
    guard let without = try? ProfileEditor.unset("retries", in: changed, kind: kind),
        let rest = try? ProfileFile.parse(text: without, path: "p", kind: kind)
    else { throw BrokenPromise(description: "a setting cannot be taken out") }
    try promise(!rest.names.contains("retries"), "a setting that was taken out is there")
}
