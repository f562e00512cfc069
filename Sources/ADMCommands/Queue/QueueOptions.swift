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
        for word in tag { try QueueOptions.checkTag(word) }
    }

    /// Sees that a word can be a tag.
    static func checkTag(_ word: String) throws {
        guard !word.isEmpty, word.utf8.count <= 200,
            word.unicodeScalars.allSatisfy({ $0.value > 0x20 && $0.value != 0x7F })
        else {
            throw ValidationError(
                "\(word.debugDescription) is not a valid tag: a tag is one word without spaces"
            )
        }
    }
}
