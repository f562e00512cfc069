import ADMModel
import ArgumentParser
import Foundation

/// The options that say where in the queue a job stands.
struct QueueOptions: ParsableArguments {
    @Option(
        name: .long,
        help: ArgumentHelp(
            "Begin at this time: 18:00, \"2026-11-27 18:00\", 2026-11-27T18:00:00Z, or +2h.",
            valueName: "time"
        )
    )
    var at: String?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Begin when this job has succeeded; fail when it fails.",
            valueName: "job"
        )
    )
    var after: String?

    @Option(
        name: .long,
        help: ArgumentHelp("Mark it with this word. May be repeated.", valueName: "word")
    )
    var tag: [String] = []

    @Flag(name: .long, help: "Add nothing if the same was fetched successfully before.")
    var unique = false

    func validate() throws {
        try QueueOptions.check(tags: tag)
    }

    /// Checks words before anything is opened.
    static func check(tags: [String]) throws {
        for word in tags {
            do throws(Failure) { try JobTag.check(word) } catch {
                throw ValidationError("\(error.message): \(error.hint ?? "")")
            }
        }
    }
}
