import ADMModel
import ArgumentParser
import Foundation
import Testing

@testable import ADMCommands

@Suite struct CommandSpellingTests {
    @Test(arguments: [
        ("-Ofile.iso u", "-O file.iso u"),
        ("-qwwork", "-qw work"),
        ("-w work -d/tmp", "-w work -d /tmp"),
        ("-O=x", "-O=x"),
        ("-qv", "-qv"),
        ("--profile work", "--profile work"),
        ("-", "-"),
        ("-- -Ofile", "-- -Ofile"),
    ])
    func `a value joined to a short option is split off`(_ given: String, _ wanted: String) {
        let words = given.split(separator: " ").map(String.init)
        #expect(CommandSpelling.separatingJoinedValues(words).joined(separator: " ") == wanted)
    }

    @Test(arguments: [
        ("ws lst", "adm ws list"),
        ("-w a workspce list", "adm workspace"),
        ("--json --color never confg show", "adm config"),
    ])
    func `an unknown verb is answered with the nearest`(_ given: String, _ nearest: String) {
        let words = given.split(separator: " ").map(String.init)
        let failure = #expect(throws: Failure.self) {
            try CommandSpelling.checkVerbs(words, of: ADM.self)
        }
        #expect(failure?.code == .usage)
        #expect(failure?.hint == "did you mean \(nearest)?")
    }

    @Test func `a URL in place of a verb is answered with download`() {
        let failure = #expect(throws: Failure.self) {
            try CommandSpelling.checkVerbs(["https://example.org/a"], of: ADM.self)
        }
        #expect(failure?.hint?.contains("adm download") == true)
    }

    @Test(arguments: [
        "", "--version", "help ws create", "ws", "ws --help", "-w lst ws list", "ws list lst",
        "workspace ls", "--workspace=lst ws list", "ws --dir lst create x",
    ])
    func `words that are no verbs are left alone`(_ given: String) throws {
        try CommandSpelling.checkVerbs(given.split(separator: " ").map(String.init), of: ADM.self)
    }

    @Test func `a short option takes a value in every command or in none`() throws {
        // The parser's own description of all commands.
        let help = ADM._dumpHelp()
        let dump = try JSONDecoder().decode(Dump.self, from: Data(help.utf8))
        let arguments = dump.command.all
        let withValue = Set(arguments.filter { $0.kind == "option" }.flatMap(\.letters))
        let flags = Set(arguments.filter { $0.kind == "flag" }.flatMap(\.letters))
        #expect(withValue.isSubset(of: CommandSpelling.shortOptionsWithValue))
        #expect(flags.isDisjoint(with: CommandSpelling.shortOptionsWithValue))
        #expect(withValue.isSuperset(of: ["w", "p"]))
    }

    private struct Dump: Decodable {
        let command: Command
    }

    private struct Command: Decodable {
        let arguments: [Argument]?
        let subcommands: [Command]?

        var all: [Argument] { (arguments ?? []) + (subcommands ?? []).flatMap(\.all) }
    }

    private struct Argument: Decodable {
        struct Name: Decodable {
            let kind: String
            let name: String
        }

        let kind: String
        let names: [Name]?

        var letters: [Character] {
            (names ?? []).filter { $0.kind == "short" }.compactMap(\.name.first)
        }
    }
}
