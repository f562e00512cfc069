package import ADMModel

/// A change of a job that waits, as one JSON object: the body of `PATCH` on a job.
package struct JobChangeBody: InputBody, Hashable {
    /// How urgent it is.
    package var priority: Int?
    /// When it may begin.
    package var at: String?
    /// The name it is saved under.
    package var filename: String?
    /// Words to mark it with.
    package var addTags: [String]?
    /// Words to take from it.
    package var removeTags: [String]?
    /// Settings of its own.
    package var settings: [String: String]?

    /// Says nothing.
    package init() {}

    /// Its fields.
    package static let fields: [InputField<JobChangeBody>] = [
        InputField(
            "priority",
            as: PriorityNumber.self,
            "How urgent it is beside others of its workspace, higher first."
        ) { $0.priority = $1.value },
        InputField(
            "at",
            as: String.self,
            "When it may begin: `18:00`, `2026-11-27 18:00`, RFC 3339, or `+2h`."
        ) { $0.at = $1 },
        InputField(
            "filename",
            as: String.self,
            "The name to save it under, as long as it has no bytes."
        ) { $0.filename = $1 },
        InputField("add_tags", as: [String].self, "Words to mark it with.") { $0.addTags = $1 },
        InputField("remove_tags", as: [String].self, "Words to take from it.") {
            $0.removeTags = $1
        },
        InputField(
            "settings",
            as: [String: String].self,
            "Settings of its own that replace those it had, by name; values as in a flag."
        ) { $0.settings = $1 },
    ]

    /// What such an object looks like.
    package static let example = "{\"priority\": 5, \"add_tags\": [\"night\"]}"

    package static let name = "job-change"
    package static let summary = "A change of a job; what is left out stays."

    /// The change.
    ///
    /// - Parameter readSettings: Reads its ``settings``.
    /// - Throws: ``Failure`` with `usage` for a time that cannot be understood, and what `readSettings` throws.
    /// - Returns: The change.
    package func change(
        readSettings: ([String: String]) throws(Failure) -> JobSettings
    ) throws(Failure) -> JobChange {
        var change = JobChange()
        change.priority = priority
        if let at { change.runAt = try TimeParser.parse(at, option: "at") }
        change.fileName = filename
        change.addedTags = addTags ?? []
        change.removedTags = removeTags ?? []
        if let settings { change.settings = try readSettings(settings) }
        return change
    }
}
