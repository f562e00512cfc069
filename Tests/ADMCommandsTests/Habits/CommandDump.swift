import ArgumentParser
import Foundation

@testable import ADMCommands

/// The parser's own description of all commands.
struct CommandDump: Decodable {
    let command: Command

    /// Reads it.
    static func read() throws -> Command {
        try JSONDecoder().decode(CommandDump.self, from: Data(ADM._dumpHelp().utf8)).command
    }

    struct Command: Decodable {
        let commandName: String
        let aliases: [String]?
        let arguments: [Argument]?
        let subcommands: [Command]?

        /// The command that words below this one name; nil if there is none.
        func command(_ words: ArraySlice<String>) -> Command? {
            guard let word = words.first else { return self }
            return subcommands?.first {
                $0.commandName == word || $0.aliases?.contains(word) == true
            }?
            .command(words.dropFirst())
        }

        /// Every way to write an option of this command.
        var options: Set<String> {
            Set(
                (arguments ?? []).flatMap { $0.names ?? [] }.map { name in
                    (name.kind == "short" ? "-" : "--") + name.name
                }
            )
        }
    }

    struct Argument: Decodable {
        struct Name: Decodable {
            let kind: String
            let name: String
        }

        let kind: String
        let names: [Name]?
    }
}
