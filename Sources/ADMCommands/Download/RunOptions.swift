import ADMModel
import ArgumentParser

/// The options of commands that run downloads in the foreground.
struct RunOptions: ParsableArguments {
    @Option(
        name: .long,
        help: ArgumentHelp("How many files are fetched at once, 1 to 64.", valueName: "number")
    )
    var maxConcurrent: String?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "How progress is shown: auto, bar, plain, json or none.",
            valueName: "style"
        )
    )
    var progress: ProgressStyle?

    @Flag(
        name: .long,
        help: "Accept any certificate: nobody can tell who sends the file. For this run only."
    )
    var insecure = false

    @OptionGroup var netrcOptions: NetrcOptions

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Where credentials are looked for: keyring, file, command, systemd, environment or none.",
            valueName: "store"
        )
    )
    var credentialStore: String?

    @Flag(name: .long, help: "Print the path of each saved file on standard output.")
    var printPath = false

    /// What was given, as the settings of this run.
    var flags: [String: [String]] {
        var flags: [String: [String]] = [:]
        if let maxConcurrent { flags["max-concurrent"] = [maxConcurrent] }
        if let progress { flags["progress"] = [progress.rawValue] }
        if let credentialStore { flags["credential-store"] = [credentialStore] }
        if insecure { flags["insecure"] = ["true"] }
        return flags
    }
}
