import ADMModel

/// Writes the options of other tools as options of `adm download` and its kin.
///
/// Joined values and letters are taken apart, because letters of adm and of others may stand together: `-sLOx`
/// is quiet, follows redirects, and saves as `x`. What is not known stays as it is, for the parser to judge.
struct HabitTranslation: Sendable {
    /// Short options of adm that take a value, and flags.
    private static let ownValues = CommandSpelling.shortOptionsWithValue
    private static let ownFlags: Set<Character> = ["q", "v", "h"]

    private var result: [String] = []
    private var rest: ArraySlice<String>

    private init(_ arguments: ArraySlice<String>) { rest = arguments }

    /// The arguments after the verb, translated; nothing after `--` changes.
    ///
    /// - Throws: ``Failure`` with `usage` for an option that adm has nothing for, with what to do instead.
    static func translate(_ arguments: ArraySlice<String>) throws(Failure) -> [String] {
        let end = arguments.firstIndex(of: "--") ?? arguments.endIndex
        var translation = HabitTranslation(arguments[..<end])
        while let next = translation.rest.popFirst() { try translation.take(next) }
        return translation.result + arguments[end...]
    }

    private mutating func take(_ argument: String) throws(Failure) {
        guard argument.hasPrefix("-"), argument != "-" else { return result.append(argument) }
        if argument.hasPrefix("--") { return try takeLong(argument) }
        if argument.utf8.count > 2, let meaning = OptionHabit.meaning(of: argument) {
            return try apply(meaning, as: argument, joined: nil)
        }
        try takeLetters(argument)
    }

    private mutating func takeLong(_ argument: String) throws(Failure) {
        if let meaning = OptionHabit.meaning(of: argument) {
            return try apply(meaning, as: argument, joined: nil)
        }
        let name = String(argument.prefix { $0 != "=" })
        guard name != argument, let meaning = OptionHabit.meaning(of: name) else {
            return result.append(argument)
        }
        try apply(meaning, as: name, joined: String(argument.dropFirst(name.count + 1)))
    }

    /// One hyphen and one or more letters.
    private mutating func takeLetters(_ argument: String) throws(Failure) {
        let before = (result, rest)
        var letters = argument.dropFirst()
        while let letter = letters.popFirst() {
            let name = "-\(letter)"
            if HabitTranslation.ownFlags.contains(letter) {
                result.append(name)
            } else if HabitTranslation.ownValues.contains(letter) {
                return takeOwn(name, String(letters))
            } else if let meaning = OptionHabit.meaning(of: name) {
                let joined = letters.isEmpty ? nil : String(letters)
                guard takesRest(meaning, joined) else {
                    try apply(meaning, as: name, joined: nil, mayTakeNext: letters.isEmpty)
                    continue
                }
                return try apply(meaning, as: name, joined: joined)
            } else {
                // The parser says what is wrong with it.
                (result, rest) = before
                return result.append(argument)
            }
        }
    }

    /// An own option with its value, joined or next; `-O` before a URL is curl's, which has no value.
    private mutating func takeOwn(_ name: String, _ joined: String) {
        if name == "-O", joined.isEmpty, rest.first?.contains("://") == true { return }
        if joined.hasPrefix("=") { return result.append(name + joined) }
        result.append(name)
        if !joined.isEmpty {
            result.append(joined)
        } else if let value = rest.popFirst() {
            result.append(value)
        }
    }

    /// Whether the letters behind one in the same argument are its value.
    private func takesRest(_ meaning: OptionHabit.Meaning, _ joined: String?) -> Bool {
        switch meaning {
        case .option, .header, .alwaysWithValue: true
        case .counted(_, let other):
            joined.map(HabitTranslation.isCount) == true || takesRest(other, joined)
        case .arguments, .always, .advice: joined == nil
        }
    }

    private mutating func apply(
        _ meaning: OptionHabit.Meaning,
        as name: String,
        joined: String?,
        mayTakeNext: Bool = true
    ) throws(Failure) {
        switch meaning {
        case .option(let own):
            result.append(own)
            if let value = joined ?? rest.popFirst() { result.append(value) }
        case .header(let field):
            guard let value = joined ?? rest.popFirst() else { return result.append(name) }
            result += ["--header", "\(field): \(value)"]
        case .arguments(let own): if joined != "false" { result += own }
        case .always: break
        case .alwaysWithValue: if joined == nil { _ = rest.popFirst() }
        case .counted(let own, let other):
            if let joined {
                let isCount = HabitTranslation.isCount(joined)
                return try apply(isCount ? .option(own) : other, as: name, joined: joined)
            }
            let isCount = mayTakeNext && rest.first.map(HabitTranslation.isCount) == true
            try apply(isCount ? .option(own) : other, as: name, joined: nil)
        case .advice(let text):
            throw Failure(.usage, "adm has no option \(name)", hint: text)
        }
    }

    /// Whether a text is a number or a size: `4`, `1M`.
    private static func isCount(_ text: String) -> Bool {
        let digits = text.prefix { $0.isASCII && $0.isNumber }
        let unit = text.dropFirst(digits.count)
        return !digits.isEmpty && (unit.isEmpty || unit.count == 1 && "kKmMgG".contains(unit))
    }
}
