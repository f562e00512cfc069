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

    @Test(arguments: [
        ("https://h/a", "download https://h/a"),
        ("-q https://h/a -o b", "-q download https://h/a --filename b"),
        ("-wwork https://h/a", "-w work download https://h/a"),
        ("-x4 https://h/a", "download --max-connections 4 https://h/a"),
        ("-L -o x https://h/a", "download --filename x https://h/a"),
        ("-i list", "download -i list"),
        ("--json get -sLo x https://h/a", "--json get --quiet --filename x https://h/a"),
        ("add -P/tmp https://h/a", "add --dir /tmp https://h/a"),
        ("version", "--version"),
        ("--limit-rate 1M download https://h/a", "--limit-rate 1M download https://h/a"),
        ("ws rm -x", "ws rm -x"), ("-d/tmp list", "-d /tmp list"), ("--", "--"), ("-w", "-w"),
        ("", ""),
    ])
    func `options of other tools are translated if something is fetched`(
        _ given: String,
        _ wanted: String
    ) throws {
        let words = given.split(separator: " ").map(String.init)
        #expect(try CommandSpelling.spelled(words, of: ADM.self).joined(separator: " ") == wanted)
    }

    @Test(arguments: [
        ("example.org/a.iso", "https://example.org/a.iso"),
        ("h.example:8080/x", "https://h.example"),
        ("/etc/passwd", "adm download /etc/passwd"), ("cancel 1", "adm queue cancel"),
        ("pause 1", "adm queue pause"), ("config set x 1", "adm profile set"),
        ("ws delete x", "adm ws rm"), ("workspace delete x", "adm ws rm"), ("sv", "adm --help"),
        ("ws nonsense", "adm ws --help"), ("stop", "adm queue pause"),
    ])
    func `what stands in place of a verb is answered with what to type`(
        _ given: String,
        _ hint: String
    ) {
        let words = given.split(separator: " ").map(String.init)
        let failure = #expect(throws: Failure.self) {
            try CommandSpelling.checkVerbs(words, of: ADM.self)
        }
        #expect(failure?.code == .usage)
        #expect(failure?.hint?.contains(hint) == true, "\(failure?.hint ?? "")")
    }

    @Test(arguments: [
        "help nonsense", "help ws nonsense", "help ws list nonsense", "--json help x",
    ])
    func `help for what does not exist is an error`(_ given: String) {
        let failure = #expect(throws: Failure.self) {
            try CommandSpelling.checkVerbs(
                given.split(separator: " ").map(String.init),
                of: ADM.self
            )
        }
        #expect(failure?.code == .usage)
    }

    @Test(arguments: [
        "", "--version", "help ws create", "help", "help workspace ls", "help get --json", "ws",
        "ws --help", "-w lst ws list", "ws list lst",
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
