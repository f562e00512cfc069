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
            guard let value = Value(settingText: text) else { return false }
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
package protocol SettingText: SendableMetatype {
    /// Reads the text; nil if it is not one of such a value.
    init?(settingText: String)
    /// The text.
    var settingText: String { get }
}

extension Int: SettingText {
    package init?(settingText: String) {
        // None of these numbers is ever larger; what a damaged database says must not count.
        guard let number = Int(settingText), (0...1000).contains(number) else { return nil }
        self = number
    }
    package var settingText: String { "\(self)" }
}

extension ByteCount: SettingText {
    package init?(settingText: String) { self.init(parsing: settingText) }
    package var settingText: String { "\(bytes)" }
}

extension Duration: SettingText {
    package init?(settingText: String) {
        guard let duration = Duration(parsing: settingText), duration >= .zero,
            duration <= .seconds(365 * 86_400)
        else { return nil }
        self = duration
    }
    package var settingText: String { "\(Int64(saturating: (seconds * 1000).rounded()))ms" }
}

extension Rate: SettingText {
    package init?(settingText: String) { self.init(parsing: settingText) }
    package var settingText: String { description }
}

extension String: SettingText {
    package init?(settingText: String) { self = settingText }
    package var settingText: String { self }
}

extension [String]: SettingText {
    package init?(settingText: String) {
        self = settingText.split { $0 == "," || $0.isWhitespace }.map(String.init)
    }
    package var settingText: String { joined(separator: ",") }
}
