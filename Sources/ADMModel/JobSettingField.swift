/// One setting that a job may have of its own: its name, its place in a job and in a transfer, and its text.
package struct JobSettingField: Sendable {
    /// The name, as in a profile.
    package let name: String
    /// Whether only the owner of the workspace may say it, with an option or in the library, and no list or
    /// program that hands in jobs: it decides by which way, or with whose trust, bytes come.
    package let isForOwner: Bool
    /// What a job says, as text; nil for nothing.
    package let text: @Sendable (JobSettings) -> String?
    /// Reads such a text; false if it cannot be read.
    package let read: @Sendable (String, inout JobSettings) -> Bool
    /// Puts what a job says over the settings of a transfer.
    let apply: @Sendable (JobSettings, inout TransferSettings) -> Void

    init<Value: SettingText>(
        _ name: String,
        _ own: any WritableKeyPath<JobSettings, Value?> & Sendable,
        _ target: any WritableKeyPath<TransferSettings, Value> & Sendable,
        isForOwner: Bool = false
    ) {
        self.name = name
        self.isForOwner = isForOwner
        text = { $0[keyPath: own]?.settingText }
        read = { (text, settings) in
            guard let value = Value.reading(text) else { return false }
            settings[keyPath: own] = value
            return true
        }
        apply = { (settings, transfer) in
            if let value = settings[keyPath: own] { transfer[keyPath: target] = value }
        }
    }

    /// A text that stands for nothing if it is empty.
    init(
        _ name: String,
        _ own: any WritableKeyPath<JobSettings, String?> & Sendable,
        _ target: any WritableKeyPath<TransferSettings, String?> & Sendable,
        isForOwner: Bool = false
    ) {
        self.name = name
        self.isForOwner = isForOwner
        text = { $0[keyPath: own] }
        read = { (text, settings) in
            settings[keyPath: own] = text
            return true
        }
        apply = { (settings, transfer) in
            guard let value = settings[keyPath: own] else { return }
            transfer[keyPath: target] = value.isEmpty ? nil : value
        }
    }
}

/// A value that has a text which reads back as the same value.
///
/// Reading is a function, not an initializer: `Int.init` without a label would be this one for a text.
package protocol SettingText: SendableMetatype {
    /// Reads the text; nil if it is not one of such a value.
    static func reading(_ settingText: String) -> Self?
    /// The text.
    var settingText: String { get }
}

extension Int: SettingText {
    package static func reading(_ settingText: String) -> Int? {
        // None of these numbers is ever larger; what a damaged database says must not count.
        guard let number = Int(settingText), (0...1000).contains(number) else { return nil }
        return number
    }
    package var settingText: String { "\(self)" }
}

extension Bool: SettingText {
    package static func reading(_ settingText: String) -> Bool? { Bool(settingText) }
    package var settingText: String { description }
}

extension ByteCount: SettingText {
    package static func reading(_ settingText: String) -> Self? { Self(parsing: settingText) }
    package var settingText: String { "\(bytes)" }
}

extension Duration: SettingText {
    package static func reading(_ settingText: String) -> Duration? {
        guard let duration = Duration(parsing: settingText), duration >= .zero,
            duration <= .seconds(365 * 86_400)
        else { return nil }
        return duration
    }
    package var settingText: String { "\(Int64(saturating: (seconds * 1000).rounded()))ms" }
}

extension Rate: SettingText {
    package static func reading(_ settingText: String) -> Self? { Self(parsing: settingText) }
    package var settingText: String { description }
}

extension String: SettingText {
    package static func reading(_ settingText: String) -> String? { settingText }
    package var settingText: String { self }
}

extension [String]: SettingText {
    package static func reading(_ settingText: String) -> [String]? {
        settingText.split { $0 == "," || $0.isWhitespace }.map(String.init)
    }
    package var settingText: String { joined(separator: ",") }
}
