import ADMModel
import ArgumentParser
import Foundation

/// What is put right or explained before the arguments are parsed.
enum CommandSpelling {
    /// The short options that take a value, of every command.
    ///
    /// A letter must not be a flag in one command and take a value in another.
    static let shortOptionsWithValue = Set(lettersWithValue)

    /// The same letters, one after the other.
    static let lettersWithValue = "wpdOHiu"

    /// The long global options that take a value.
    private static let longOptionsWithValue: Set<String> = [
        "--workspace", "--profile", "--color", "--log-level",
    ]

    /// The global options that take none.
    private static let flags: Set<String> = [
        "--json", "--quiet", "--verbose", "--no-input", "-q", "-v",
    ]

    /// The arguments as the parser takes them: joined values taken apart, options of other tools translated,
    /// and `download` put before a URL that stands in place of a verb.
    ///
    /// - Throws: ``Failure`` with `usage` for an option of another tool that adm has nothing for.
    static func spelled(
        _ given: [String],
        of root: any ParsableCommand.Type
    ) throws(Failure) -> [String] {
        let (index, isWord) = beginning(given)
        let head = separatingJoinedValues(Array(given[..<index]))
        guard index < given.endIndex else { return head }
        let rest = given[index...]
        if !isWord {
            // What follows -i is the name of a list.
            let words = rest.prefix { $0 != "--" }.dropFirst(given[index] == "-i" ? 2 : 0)
            let verbs = root.configuration.subcommands.flatMap(names)
            let isDownload = words.contains { $0.contains("://") } || given[index].hasPrefix("-i")
            guard isDownload, !words.contains(where: { verbs.contains($0) }) else {
                return separatingJoinedValues(given)
            }
            return head + ["download"] + (try HabitTranslation.translate(rest))
        }
        let word = given[index]
        if word.contains("://") {
            return head + ["download"] + (try HabitTranslation.translate(rest))
        }
        if word == "version", rest.count == 1 { return head + ["--version"] }
        guard ["download", "get", "add", "resume", "run"].contains(word) else {
            return separatingJoinedValues(given)
        }
        return head + [word] + (try HabitTranslation.translate(rest.dropFirst()))
    }

    /// Where the global options end, and whether a word stands there or an option that belongs to a verb.
    private static func beginning(_ given: [String]) -> (index: Int, isWord: Bool) {
        var index = given.startIndex
        while index < given.endIndex {
            let argument = given[index]
            guard argument.hasPrefix("-"), argument != "-" else { return (index, true) }
            if longOptionsWithValue.contains(argument) {
                index += 1
            } else if !flags.contains(argument),
                !longOptionsWithValue.contains(where: { argument.hasPrefix($0 + "=") })
            {
                let letters = argument.dropFirst().drop { "qv".contains($0) }
                guard !argument.hasPrefix("--"),
                    letters.first.map({ $0 == "w" || $0 == "p" }) ?? true
                else {
                    return (index, false)
                }
                if letters.count == 1 { index += 1 }
            }
            index += 1
        }
        return (given.endIndex, false)
    }

    /// Writes `-OFILE` as `-O FILE`, as people know it from other tools.
    ///
    /// The argument parser would take the letters of `FILE` for options. Nothing after `--` changes.
    static func separatingJoinedValues(_ arguments: [String]) -> [String] {
        let end = arguments.firstIndex(of: "--") ?? arguments.endIndex
        return arguments[..<end].flatMap { argument -> [String] in
            guard argument.hasPrefix("-"), !argument.hasPrefix("--"),
                let letter = argument.firstIndex(where: shortOptionsWithValue.contains),
                argument[..<letter].dropFirst().allSatisfy(\.isLetter)
            else { return [argument] }
            let value = argument[argument.index(after: letter)...]
            guard !value.isEmpty, !value.hasPrefix("=") else { return [argument] }
            return [String(argument[...letter]), String(value)]
        } + arguments[end...]
    }

    /// Sees that the words which must be verbs are verbs.
    ///
    /// - Throws: ``Failure`` with `usage`, and in its hint the nearest verb.
    /// - Returns: The command that they name, and the arguments without them; nil if the words do
    ///   not name a single command.
    @discardableResult
    static func checkVerbs(
        _ arguments: [String],
        of root: any ParsableCommand.Type
    ) throws(Failure) -> (command: any ParsableCommand.Type, arguments: [String])? {
        var command = root
        var path = "adm"
        var rest = arguments[...]
        var others: [String] = []
        while !command.configuration.subcommands.isEmpty, let word = nextWord(&rest, &others) {
            let verbs = command.configuration.subcommands
            if path == "adm", word == "help" {
                try checkHelp(rest, of: root)
                return nil
            }
            guard let next = verbs.first(where: { names(of: $0).contains(word) }) else {
                throw unknown(word, after: path, among: verbs.flatMap(names))
            }
            command = next
            path += " " + word
        }
        let isLeaf = command.configuration.subcommands.isEmpty
        return isLeaf ? (command, others + rest) : nil
    }

    /// Sees that the words after `help` name a command.
    private static func checkHelp(
        _ words: ArraySlice<String>,
        of root: any ParsableCommand.Type
    ) throws(Failure) {
        var command = root
        var path = "adm"
        for word in words where !word.hasPrefix("-") {
            let verbs = command.configuration.subcommands
            if path == "adm", word == "help" { continue }
            guard let next = verbs.first(where: { names(of: $0).contains(word) }) else {
                throw unknown(word, after: path, among: verbs.flatMap(names))
            }
            command = next
            path += " " + word
        }
    }

    private static func names(of command: any ParsableCommand.Type) -> [String] {
        [command._commandName] + command.configuration.aliases
    }

    /// The next argument that is neither an option nor the value of one; nil if that cannot be told,
    /// because an option of the verb stands before it, and at the end.
    ///
    /// What was passed over is added to `others`.
    private static func nextWord(
        _ rest: inout ArraySlice<String>,
        _ others: inout [String]
    ) -> String? {
        while let argument = rest.popFirst() {
            guard argument.hasPrefix("-"), argument != "-" else { return argument }
            others.append(argument)
            if longOptionsWithValue.contains(argument) || ["-w", "-p"].contains(argument) {
                if let value = rest.popFirst() { others.append(value) }
            } else if !flags.contains(argument),
                !longOptionsWithValue.contains(where: { argument.hasPrefix($0 + "=") })
            {
                return nil
            }
        }
        return nil
    }

    private static func unknown(
        _ word: String,
        after path: String,
        among verbs: [String]
    ) -> Failure {
        // A verb has two names, and the table of habits knows the first.
        let path = path == "adm workspace" ? "adm ws" : path
        let hint =
            VerbHabit.advice(for: word, after: path)
            ?? NearestWord.to(word, in: verbs).map { "did you mean \(path) \($0)?" }
            ?? fetching(word, after: path) ?? "\(path) --help shows the commands"
        return Failure(.usage, "there is no command \"\(path) \(word)\"", hint: hint)
    }

    /// What to type if a file or an address stands in place of a verb; nil if it is neither.
    private static func fetching(_ word: String, after path: String) -> String? {
        guard path == "adm" else { return nil }
        if FileManager.default.fileExists(atPath: word) {
            return "adm download \(word) fetches the URLs in it"
        }
        let host = word.prefix { $0 != "/" && $0 != ":" }
        guard host.contains("."),
            host.allSatisfy({ $0.isLetter || $0.isNumber || ".-".contains($0) })
        else { return nil }
        return "to fetch it: adm download https://\(word)"
    }
}
