import ADMModel
import Foundation
import Glibc

extension SettingKind {
    /// What a path may be at the place where it is given.
    enum PathRule: Sendable {
        /// Absolute or below `~/`, because a file has no working directory.
        case absolute
        /// Also relative to the working directory.
        case any
    }

    /// Whether a header field may hold a secret at the place where it is given.
    enum SecretRule: Sendable {
        case allowed
        case refused
    }

    /// Checks a value that is one text.
    func scalar(_ text: String, paths: PathRule) throws(SettingProblem) -> SettingValue {
        let shown = SettingProblem.show(text)
        switch self {
        case .path: return try path(text, paths)
        case .choice(let words):
            guard words.contains(text) else {
                let near = NearestWord.to(text, in: words)
                throw .badValue(wanted, shown, hint: near.map { "did you mean \"\($0)\"?" })
            }
            return .text(text)
        case .wholeNumber(let range):
            guard let number = Int(text), range.contains(number) else {
                throw text.allSatisfy(\.isNumber)
                    ? .badValue(wanted, text) : .badValue(wanted, shown)
            }
            return .number(number)
        case .rate:
            guard let rate = Rate(parsing: text) else { throw .badValue(wanted, shown) }
            return .rate(rate)
        case .bytes:
            guard let count = ByteCount(parsing: text) else { throw .badValue(wanted, shown) }
            return try sized(count, shown: shown)
        case .duration:
            guard let duration = Duration(parsing: text) else { throw .badValue(wanted, shown) }
            return try timed(duration, shown: shown)
        case .proxy: return try proxy(text)
        case .address:
            guard !text.isEmpty else { return .unset }
            guard SettingKind.isAddress(text) else { throw .badValue(wanted, shown) }
            return .text(text)
        case .text:
            let isPlain = text.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7F }
            guard isPlain, !text.allSatisfy(\.isWhitespace) else {
                throw .badValue("\(wanted), not empty and without control characters", shown)
            }
            return .text(text)
        case .command:
            guard text.unicodeScalars.allSatisfy({ $0.value >= 0x20 && $0.value != 0x7F }) else {
                throw .badValue("\(wanted), on one line", shown)
            }
            return text.allSatisfy(\.isWhitespace) ? .unset : .text(text)
        case .boolean:
            switch text.lowercased() {
            case "true", "yes", "on", "1": return .boolean(true)
            case "false", "no", "off", "0": return .boolean(false)
            default: throw .badValue(wanted, shown)
            }
        case .template: return text.isEmpty ? .unset : .text(text)
        case .hosts, .headers: return try items([text], secrets: .refused)
        }
    }

    /// Whether a text is an IPv4 or IPv6 address (`man 3 inet_pton`).
    private static func isAddress(_ text: String) -> Bool {
        var v4 = in_addr()
        var v6 = in6_addr()
        return unsafe inet_pton(AF_INET, text, &v4) == 1 || inet_pton(AF_INET6, text, &v6) == 1
    }

    /// Checks a number of bytes.
    func sized(_ count: ByteCount, shown: String) throws(SettingProblem) -> SettingValue {
        guard case .bytes(let least) = self else { return .rate(Rate(count)) }
        guard count.bytes >= least else { throw .badValue(wanted, shown) }
        return .bytes(count)
    }

    /// Checks a span of time.
    func timed(_ duration: Duration, shown: String) throws(SettingProblem) -> SettingValue {
        guard case .duration(let range) = self, range.contains(duration) else {
            throw .badValue(wanted, shown)
        }
        return .duration(duration)
    }

    /// Checks the items of a list.
    func items(_ texts: [String], secrets: SecretRule) throws(SettingProblem) -> SettingValue {
        guard self == .headers else {
            for (index, text) in texts.enumerated() where !SettingKind.isHost(text) {
                throw SettingProblem(
                    "must be \(wanted), item \(index + 1) is \(SettingProblem.show(text))",
                    hint: "write example.org, .example.org or *",
                    item: index
                )
            }
            return .list(texts)
        }
        var fields: [HeaderField] = []
        for (index, text) in texts.enumerated() {
            let field: HeaderField
            do throws(Failure) {
                field = try HeaderField(parsing: text)
            } catch {
                throw SettingProblem(
                    "must be \(wanted), item \(index + 1) is none: \(error.message)",
                    hint: error.hint,
                    item: index
                )
            }
            if secrets == .refused, field.isSecret {
                throw SettingProblem(
                    "must hold no secret, item \(index + 1) is the field \(field.name)",
                    hint: "credentials never go into a profile or a variable;"
                        + " give --header @FILE with the download",
                    item: index
                )
            }
            fields.append(field)
        }
        return .headers(fields)
    }

    private func path(_ text: String, _ rule: PathRule) throws(SettingProblem) -> SettingValue {
        guard !text.isEmpty else { return .unset }
        let shown = SettingProblem.show(text)
        guard text.unicodeScalars.allSatisfy({ $0.value >= 0x20 && $0.value != 0x7F }) else {
            throw .badValue("a path without control characters", shown)
        }
        if PathExpansion.namesOtherHome(text) {
            throw .badValue(wanted, shown, hint: PathExpansion.hint)
        }
        guard rule == .any || text.hasPrefix("/") || text.hasPrefix("~") else {
            throw .badValue(
                "an absolute path or one that begins with ~/",
                shown,
                hint: text.contains("$") ? "variables are not expanded in files" : nil
            )
        }
        return .text(text)
    }

    private func proxy(_ text: String) throws(SettingProblem) -> SettingValue {
        guard !text.isEmpty else { return .unset }
        let shown = SettingProblem.show(text)
        let isPlain = text.unicodeScalars.allSatisfy {
            $0.value > 0x20 && $0.value < 0x7F && $0 != "\\"
        }
        guard isPlain, let parts = URLComponents(string: text),
            let scheme = parts.scheme?.lowercased(), let host = parts.encodedHost, !host.isEmpty
        else {
            throw .badValue(wanted, shown, hint: "write http://proxy.example:3128")
        }
        guard scheme == "http" || scheme == "socks5" else { throw .badValue(wanted, shown) }
        guard parts.user == nil, parts.password == nil else {
            throw SettingProblem(
                "must hold no user name or password, this is \(shown)",
                hint: "credentials never go into a profile, a variable or an argument"
            )
        }
        guard let port = parts.port, (1...65_535).contains(port) else {
            throw .badValue(wanted, shown, hint: "the port is missing or not one of 1 to 65535")
        }
        guard ["", "/"].contains(parts.path), parts.query == nil, parts.fragment == nil else {
            throw .badValue(wanted, shown, hint: "a proxy has no path")
        }
        return .text("\(scheme)://\(host):\(port)")
    }

    private static func isHost(_ text: String) -> Bool {
        !text.isEmpty
            && text.unicodeScalars.allSatisfy {
                $0.value > 0x20 && $0.value != 0x7F && !",/@\"'".unicodeScalars.contains($0)
            }
    }
}
