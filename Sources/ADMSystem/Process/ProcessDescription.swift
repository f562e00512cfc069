import ADMModel
package import Foundation
import Glibc

/// Another process as a person may see it: its number, what it runs, since when, whether it is stopped.
///
/// Of its command line only the name of the program and, of adm, the verbs are taken, because the rest
/// may hold what is nobody's business.
package struct ProcessDescription: Sendable, Hashable {
    /// Its number.
    package let id: Int32
    /// The program, and the verbs of adm: `adm download`.
    package let command: String
    /// When it began; nil where the kernel does not tell.
    package let startedAt: Date?
    /// Whether it was stopped, for example by Ctrl-Z, and does nothing until it is told to go on.
    package let isSuspended: Bool

    package init(id: Int32, command: String, startedAt: Date? = nil, isSuspended: Bool = false) {
        self.id = id
        self.command = command
        self.startedAt = startedAt
        self.isSuspended = isSuspended
    }

    /// Reads a process that lives (proc(5)); nil where there is none.
    package init?(reading id: Int32) {
        guard let status = SystemFile.read("/proc/\(id)/stat"),
            let seen = Status(parsing: String(decoding: status, as: UTF8.self))
        else { return nil }
        let words = (SystemFile.read("/proc/\(id)/cmdline") ?? [])
            .split(separator: 0, omittingEmptySubsequences: false)
            .map { String(decoding: $0, as: UTF8.self) }
        self.init(
            id: id,
            command: ProcessDescription.command(words, name: seen.name),
            startedAt: ProcessDescription.startOfMachine.map {
                $0.addingTimeInterval(Double(seen.startTicks) / ProcessDescription.ticksPerSecond)
            },
            isSuspended: seen.isSuspended
        )
    }

    /// `process 4711 (adm download, since 2026-12-01 10:00:00)`.
    package var text: String {
        let since = startedAt.map { ", since " + $0.shown } ?? ""
        return "process \(id) (\(command)\(since))"
    }

    /// The first words of adm's command lines that may be shown.
    package static let verbs: Set<String> = [
        "add", "auth", "budget", "cancel", "clear", "config", "create", "download", "edit",
        "events",
        "get", "history", "list", "login", "logout", "ls", "migrate", "move", "pause", "profile",
        "queue", "remove", "rename", "restore", "resume", "retry", "revoke", "rm", "run", "schema",
        "serve",
        "set",
        "show", "stats", "status", "test", "token", "top", "unlock", "unset", "use", "validate",
        "wait", "why", "workspace", "ws",
    ]

    /// What of a command line may be shown; `name` is what the kernel calls the program.
    static func command(_ words: [String], name: String) -> String {
        let path = words.first.flatMap { $0.isEmpty ? nil : $0 } ?? name
        let program = path.split(separator: "/").last.map(plain) ?? ""
        guard program == "adm", let first = words.dropFirst().firstIndex(where: verbs.contains)
        else { return program.isEmpty ? "unknown" : program }
        return ([program] + words[first...].prefix(2).prefix(while: verbs.contains))
            .joined(separator: " ")
    }

    /// Text of another process that cannot steer a terminal and is not long.
    private static func plain(_ text: some StringProtocol) -> String {
        String(
            text.unicodeScalars.prefix(40).map { scalar -> Character in
                let isPlain =
                    scalar.isASCII && scalar.properties.generalCategory != .control
                    && scalar != " "
                return isPlain ? Character(scalar) : "?"
            }
        )
    }

    private static let ticksPerSecond = Double(max(1, sysconf(Int32(_SC_CLK_TCK))))

    private static let startOfMachine: Date? = {
        let lines = SystemFile.read("/proc/stat").map { String(decoding: $0, as: UTF8.self) } ?? ""
        return lines.split(separator: "\n").first { $0.hasPrefix("btime ") }
            .flatMap { Double($0.dropFirst(6)) }
            .map(Date.init(timeIntervalSince1970:))
    }()

    /// What `/proc/PID/stat` says.
    struct Status: Hashable {
        let name: String
        let isSuspended: Bool
        let startTicks: UInt64

        /// The name stands in brackets and may itself hold brackets and spaces.
        init?(parsing text: String) {
            guard let open = text.firstIndex(of: "("), let close = text.lastIndex(of: ")"),
                open < close
            else { return nil }
            let fields = text[text.index(after: close)...].split(separator: " ")
            guard fields.count > 19, let ticks = UInt64(fields[19]) else { return nil }
            name = String(text[text.index(after: open)..<close])
            isSuspended = fields[0] == "T" || fields[0] == "t"
            startTicks = ticks
        }
    }
}
