package import ADMModel

/// A setting with the value that counts.
package struct SettingDocument: Document {
    package static let name = "setting"
    package static let summary = "A setting with the value that counts."

    private let setting: EffectiveSetting

    /// Shows a setting.
    package init(_ setting: EffectiveSetting) { self.setting = setting }

    package static let fields: [Field<SettingDocument>] = [
        Field("name", "Its name, which is its key in TOML and its flag.") { $0.setting.name },
        Field("value", "Its value, in the type that it has in TOML.") {
            SettingText($0.setting.value)
        },
        Field(
            "origin",
            "Where it comes from: a flag, a variable, `file:line`, `template NAME:line`, `built-in`."
        ) { $0.setting.origin.description },
        Field("summary", "What it does, in one sentence.") { $0.setting.summary },
    ]
}

/// The text of a profile.
package struct ProfileDocument: Document {
    package static let name = "profile"
    package static let summary = "The text of a profile."

    private let workspace: WorkspaceName
    private let path: String
    private let text: String

    /// Shows a profile.
    package init(workspace: WorkspaceName, path: String, text: String) {
        self.workspace = workspace
        self.path = path
        self.text = text
    }

    package static let fields: [Field<ProfileDocument>] = [
        Field("workspace", "The name of the workspace.") { $0.workspace.description },
        Field("path", "The file.") { $0.path },
        Field("text", "What is in it; empty if there is no such file.") { $0.text },
    ]
}

/// That a profile is valid; one that is not is a problem on standard error.
package struct ProfileCheckDocument: Document {
    package static let name = "profile-check"
    package static let summary =
        "That a profile is valid; what is wrong with one is a problem instead."

    private let path: String

    /// Shows a profile without faults.
    package init(path: String) { self.path = path }

    package static let fields: [Field<ProfileCheckDocument>] = [
        Field("path", "The file.") { $0.path },
        Field("valid", "Always true.") { _ in true },
    ]
}
