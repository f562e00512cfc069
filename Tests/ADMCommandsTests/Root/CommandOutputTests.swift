import ADMDocuments
import ArgumentParser
import Foundation
import Testing

@testable import ADMCommands

@Suite struct CommandOutputTests {
    private struct Dump: Decodable {
        let command: Command
    }

    private struct Command: Decodable {
        let commandName: String
        let shouldDisplay: Bool
        let subcommands: [Command]?

        func leaves(_ parent: String = "") -> [String] {
            let path = parent.isEmpty ? commandName : "\(parent) \(commandName)"
            let below = (subcommands ?? []).filter { $0.shouldDisplay && $0.commandName != "help" }
            return below.isEmpty ? [path] : below.flatMap { $0.leaves(path) }
        }
    }

    @Test func `it is known of every command what it prints as JSON`() throws {
        let dump = try JSONDecoder().decode(Dump.self, from: Data(ADM._dumpHelp().utf8))
        let described = CommandOutput.all.map(\.command).filter { !$0.contains(" --") }
        #expect(described.sorted() == dump.command.leaves().sorted())
    }

    @Test func `the help of adm add names every field of a JSON line`() {
        let help = ADM.helpMessage(for: Add.self)
        for name in JobBody.fieldNames { #expect(help.contains(name)) }
    }
}
