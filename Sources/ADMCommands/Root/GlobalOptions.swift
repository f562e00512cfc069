import ADMModel
import ArgumentParser

/// The options that every command takes, before its name or after it.
///
/// The root command reads them wherever they stand and hands the same values to the command, because
/// both hold this group. They are lists so that two different values are an error and not a race.
struct GlobalOptions: ParsableArguments {
    @Option(
        name: .shortAndLong,
        help: ArgumentHelp("Work in this workspace.", valueName: "name")
    )
    var workspace: [String] = []

    @Option(
        name: .shortAndLong,
        help: ArgumentHelp("The same as --workspace.", valueName: "name")
    )
    var profile: [String] = []

    @Flag(name: .long, help: "Print data and errors as JSON.")
    var json = false

    @Flag(name: .shortAndLong, help: "Print only errors and what was asked for.")
    var quiet = false

    @Flag(name: .shortAndLong, help: "Print more about what happens.")
    var verbose = false

    @Option(
        name: .long,
        help: ArgumentHelp("When colour is used.", valueName: "when")
    )
    var color: [ColorChoice] = []

    @Flag(name: .long, help: "Never ask; fail if an answer is needed.")
    var noInput = false

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Log what adm does to standard error; ADM_LOG is the same.",
            valueName: "level"
        )
    )
    var logLevel: [LogLevel] = []

    /// The one value of an option that may be repeated with the same value.
    ///
    /// - Throws: ``Failure`` with `usage` for two different values.
    static func one<Value: Hashable>(
        _ values: [Value],
        of option: String
    ) throws(Failure) -> Value? {
        guard Set(values).count <= 1 else {
            let shown = values.map { "\($0)" }.joined(separator: ", ")
            throw Failure(
                .usage,
                "\(option) is given more than once with different values: \(shown)",
                hint: "give it once"
            )
        }
        return values.first
    }
}
