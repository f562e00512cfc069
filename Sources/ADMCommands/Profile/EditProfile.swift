import ADMEngine
import ADMModel
import ArgumentParser
import Glibc

/// `adm profile edit`: lets the person edit the profile.
struct EditProfile: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "edit",
        abstract: "Edit the profile in an editor.",
        usage: "adm profile edit",
        discussion: """
            The editor is $ADM_EDITOR, $VISUAL or $EDITOR, else vi, and works on a copy. The copy \
            replaces the profile only when it is valid; otherwise it can be edited again.

            EXAMPLES:
              adm profile edit
              EDITOR=nano adm -w work profile edit
            """
    )

    @OptionGroup var global: GlobalOptions

    func run() async throws {
        let context = try CommandContext(global)
        let isNamed = ["ADM_EDITOR", "VISUAL", "EDITOR"].contains {
            context.environment[$0]?.isEmpty == false
        }
        guard isNamed || Terminal(STDIN_FILENO).isTerminal else {
            throw Failure(
                .usage,
                "there is no terminal to edit in",
                hint: "adm profile set KEY VALUE changes a setting, ADM_EDITOR names a program"
            )
        }
        let selection = try await context.selection()
        let original = try await context.home.profile(of: selection)
        let copy = try EditorCopy(text: original)
        let editor = Editor(environment: context.environment)
        while true {
            try copy.removeUnlessChanged { () throws(Failure) in try editor.edit(copy.path) }
            let text = try copy.read()
            guard text != original else {
                copy.remove()
                return context.note("nothing was changed")
            }
            do throws(Failure) {
                try await context.home.replaceProfile(
                    of: selection,
                    with: text,
                    expecting: original
                )
                copy.remove()
                return context.note("changed \(selection.layout.profile)")
            } catch {
                guard error.code == .configuration, try context.offersAgain(after: error) else {
                    throw copy.kept(error)
                }
            }
        }
    }
}

extension CommandContext {
    /// Reports what is wrong and asks whether to edit again; false if nobody can be asked.
    fileprivate func offersAgain(after failure: Failure) throws(Failure) -> Bool {
        guard canAsk else { return false }
        warn(failure.message, hint: failure.hint)
        let answer = try ask("edit again? [Y/n] ", insteadGive: "a valid profile")
        return !answer.lowercased().hasPrefix("n")
    }
}
