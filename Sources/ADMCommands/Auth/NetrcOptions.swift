import ADMModel
import ArgumentParser

/// The option that lets `.netrc` count.
struct NetrcOptions: ParsableArguments {
    @Flag(
        name: .long,
        help: "Take user names and passwords from ~/.netrc, or the file that NETRC names."
    )
    var netrc = false

    @Option(
        name: .long,
        help: ArgumentHelp("Take them from this file.", valueName: "path"),
        completion: .file()
    )
    var netrcFile: String?

    /// The file to read; nil for none.
    ///
    /// - Throws: ``Failure`` with `usage` for a path below a home directory that is not known, `storage` if it is
    ///   relative and the current directory cannot be told.
    func path(_ context: CommandContext) throws(Failure) -> String? {
        if let netrcFile { return try context.absolutePath(netrcFile) }
        guard netrc else { return nil }
        let named = context.environment["NETRC", default: ""]
        return try context.absolutePath(named.isEmpty ? "~/.netrc" : named)
    }
}
