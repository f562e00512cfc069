import ADMModel

/// Why a value cannot be the value of a setting, without saying where it stands.
struct SettingProblem: Error, Hashable {
    /// The end of a sentence that begins with the name of the setting.
    var message: String
    /// The remedy.
    var hint: String?
    /// The item of a list that is meant, counted from 0.
    var item: Int?

    /// Creates a problem.
    init(_ message: String, hint: String? = nil, item: Int? = nil) {
        self.message = message
        self.hint = hint
        self.item = item
    }

    /// A value of the wrong TOML type.
    static func wrongType(_ wanted: String, _ node: TOMLNode, hint: String? = nil) -> Self {
        SettingProblem("must be \(wanted), this is \(node.kind)", hint: hint)
    }

    /// A value of the right type that is not allowed.
    static func badValue(_ wanted: String, _ shown: String, hint: String? = nil) -> Self {
        SettingProblem("must be \(wanted), this is \(shown)", hint: hint)
    }

    /// A text in quotes, short enough for a message, without the user name of a URL.
    static func show(_ text: String) -> String {
        let masked = SettingValue.masked(text)
        let short = masked.count > 80 ? masked.prefix(80) + "…" : masked[...]
        return short.debugDescription
    }

    /// The problem with the name of a setting and a place.
    func failure(_ code: Failure.Code, subject: String) -> Failure {
        Failure(code, "\(subject) \(message)", hint: hint)
    }
}
