import ADMDocuments
import ADMEngine
import ADMModel
import ArgumentParser

/// `adm profile set`: changes one setting in the profile.
struct SetSetting: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "set",
        abstract: "Set a value in the profile; comments stay.",
        usage: "adm profile set KEY VALUE…",
        discussion: """
            Several values make a list. A wrong name or value changes nothing. Values that begin with \
            - stand after --.

            EXAMPLES:
              adm profile set limit-rate 2MiB
              adm profile set no-proxy localhost .example.org
            """
    )

    @Argument(help: ArgumentHelp("The name of the setting.", valueName: "key"))
    var key: String

    @Argument(help: ArgumentHelp("Its value.", valueName: "value"))
    var values: [String]

    @OptionGroup var global: GlobalOptions

    func run() async throws {
        let context = try CommandContext(global)
        let selection = try await context.selection()
        try await context.home.set(key, to: values, in: selection)
        try await selection.reportEffect(of: key, context)
    }
}

extension WorkspaceSelection {
    /// Says what counts for a setting after the profile changed, and what overrides the profile.
    func reportEffect(of key: String, _ context: CommandContext) async throws {
        let entries = try await context.settings(for: self).entries
        guard let entry = entries.first(where: { $0.name == key }) else {
            return context.note("changed \(layout.profile)")
        }
        try context.show(SettingDocument(entry)) {
            context.note(
                "in the workspace \(name), \(key) is \(SettingText.plain(entry.value)) now"
            )
        }
        if case .environment(let variable) = entry.origin {
            context.warn("\(variable) still wins in this shell", hint: "unset \(variable)")
        }
    }
}
