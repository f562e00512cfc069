import ADMModel
import ArgumentParser

/// What is put right or explained before the arguments are parsed.
enum CommandSpelling {
    /// The short options that take a value, of every command.
    ///
    /// A letter must not be a flag in one command and take a value in another.
    static let shortOptionsWithValue: Set<Character> = ["w", "p", "d", "O", "H"]

    /// The long global options that take a value.
    private static let longOptionsWithValue: Set<String> = ["--workspace", "--profile", "--color"]

    /// The global options that take none.
    private static let flags: Set<String> = [
        "--json", "--quiet", "--verbose", "--no-input", "-q", "-v",
    ]

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
    /// - Returns: The command that they name, and the arguments without them; nil where the words do
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
            if path == "adm", word == "help" { return nil }
            guard let next = verbs.first(where: { names(of: $0).contains(word) }) else {
                throw unknown(word, after: path, among: verbs.flatMap(names))
            }
            command = next
            path += " " + word
        }
        let isLeaf = command.configuration.subcommands.isEmpty
        return isLeaf ? (command, others + rest) : nil
    }

    private static func names(of command: any ParsableCommand.Type) -> [String] {
        [command._commandName] + command.configuration.aliases
    }

    /// The next argument that is no option and no option's value; nil where that cannot be told,
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
        let hint =
            path == "adm" && word.contains("://")
            ? "to fetch it: adm download URL"
            : NearestWord.to(word, in: verbs).map { "did you mean \(path) \($0)?" }
                ?? "\(path) --help shows the commands"
        return Failure(.usage, "there is no command \"\(path) \(word)\"", hint: hint)
    }
}
