import ADMModel
import ArgumentParser
import Foundation

/// What the argument parser says of arguments that it cannot take, with a hint that helps.
struct ParserMessage: Sendable, Hashable {
    /// What is wrong, in a line or two.
    let message: String
    /// What to type instead.
    let hint: String?
    /// The usage of the command, as the parser shows it.
    let usage: String

    /// Reads the parser's text: the message, and the usage below it; `takers` are the commands that take an
    /// option.
    init(_ text: String, takers: (String) -> [String]) {
        let prefix = "Error: "
        let text = text.hasPrefix(prefix) ? String(text.dropFirst(prefix.count)) : text
        let end = text.firstRange(of: "\nUsage: ")?.lowerBound ?? text.endIndex
        usage = String(text[end...].drop { $0 == "\n" })
        let said = String(text[..<end])
        guard let unknown = said.firstMatch(of: #/^Unknown option '(-+[^'= ]+)[^']*'/#) else {
            message = said
            hint = nil
            return
        }
        message = "unknown option \(unknown.1)"
        hint = ParserMessage.hint(String(unknown.1), said, takers)
    }

    /// The lines to print.
    var lines: [String] {
        (["adm: \(message)"] + [hint.map { "hint: \($0)" }, usage].compactMap(\.self))
            .filter { !$0.isEmpty }
    }

    private static func hint(
        _ option: String,
        _ said: String,
        _ takers: (String) -> [String]
    ) -> String? {
        let elsewhere = takers(option)
        // What many take tells nothing about this one.
        if (1...3).contains(elsewhere.count) {
            return elsewhere.joined(separator: ", ")
                + " \(elsewhere.count == 1 ? "takes" : "take") \(option)"
        }
        if let advice = OptionHabit.advice(for: option) { return advice }
        // The parser finds words near that have nothing to do with each other.
        guard let near = said.firstMatch(of: #/Did you mean '-+([^']+)'/#)?.1 else { return nil }
        let given = String(option.drop { $0 == "-" })
        return NearestWord.to(given, in: [String(near)]).map { "did you mean --\($0)?" }
    }
}

/// Which commands take which options, by the parser's own description.
enum OptionTakers {
    /// The commands that take an option, such as `adm run`; none if it is an option of all.
    static func of(_ option: String) -> [String] {
        let dump = Data(ADM._dumpHelp().utf8)
        guard let root = try? JSONDecoder().decode(Dump.self, from: dump).command else { return [] }
        return root.takers(of: option, path: "")
    }

    private struct Dump: Decodable {
        let command: Command
    }

    private struct Command: Decodable {
        struct Argument: Decodable {
            struct Name: Decodable {
                let kind: String
                let name: String
            }

            let names: [Name]?
        }

        let commandName: String
        let arguments: [Argument]?
        let subcommands: [Command]?

        func takers(of option: String, path: String) -> [String] {
            let path = path.isEmpty ? commandName : path + " " + commandName
            let names = (arguments ?? []).flatMap { $0.names ?? [] }
            let own = names.contains { ($0.kind == "short" ? "-" : "--") + $0.name == option }
            return (own ? [path] : [])
                + (subcommands ?? []).flatMap { $0.takers(of: option, path: path) }
        }
    }
}
