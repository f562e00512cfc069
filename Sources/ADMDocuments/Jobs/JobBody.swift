package import ADMModel

/// A job that somebody asks for, as one JSON object: what `adm add --json-lines` reads line by line.
///
/// It is only what was said; whether all of it is allowed is decided where a job is made of it.
package struct JobBody: InputBody, Hashable {
    /// Where to fetch it.
    package var url = ""
    /// The name to save it under; nil to take it from the server or the URL.
    package var filename: String?
    /// The directory to save it into; nil for the workspace's.
    package var dir: String?
    /// The digest that it must have, or a list that names it.
    package var hash: String?
    /// What to do when the file exists.
    package var ifExists: ConflictPolicy?
    /// How urgent it is; higher first.
    package var priority: Int?
    /// Header fields to send, each as `Name: value`.
    package var headers: [String]?
    /// Other servers that have the same file.
    package var mirrors: [String]?
    /// Words to find it by.
    package var tags: [String]?
    /// When it may begin.
    package var at: String?
    /// The number of the job that must have succeeded before.
    package var after: Int64?
    /// Whether it is left out if the same thing was fetched before.
    package var unique: Bool?
    /// Settings of this job, by name.
    package var settings: [String: String]?

    /// Says nothing.
    package init() {}

    /// Its fields, `url` first.
    package static let fields: [InputField<JobBody>] = [
        InputField(
            "url",
            as: String.self,
            isRequired: true,
            "What to fetch: an absolute URL. It alone has to be there."
        ) {
            $0.url = $1
        },
        InputField(
            "filename",
            as: String.self,
            "The name to save it under; else the server or the URL names it."
        ) { $0.filename = $1 },
        InputField(
            "dir",
            as: String.self,
            "The directory to save it into; else that of the workspace. A relative one begins at the"
                + " working directory."
        ) { $0.dir = $1 },
        InputField(
            "hash",
            as: String.self,
            "The digest that the file must have, as `algorithm:hex`, or the URL or path of a checksum"
                + " list."
        ) { $0.hash = $1 },
        InputField(
            "if_exists",
            as: ConflictPolicy.self,
            "What to do when the file exists; else the workspace's setting `if-exists`."
        ) { $0.ifExists = $1 },
        InputField(
            "priority",
            as: PriorityNumber.self,
            "How urgent it is beside others of its workspace, higher first; 1 unless it says so."
        ) { $0.priority = $1.value },
        InputField(
            "headers",
            as: [String].self,
            "Header fields to send, each as `Name: value`, besides those of the command."
        ) { $0.headers = $1 },
        InputField(
            "mirrors",
            as: [String].self,
            "URLs of the same file on other servers, for when the first one fails; with a `hash` they are"
                + " used at once."
        ) { $0.mirrors = $1 },
        InputField(
            "tags",
            as: [String].self,
            "Words to find the job by, besides those of the command."
        ) { $0.tags = $1 },
        InputField(
            "at",
            as: String.self,
            "When it may begin: `18:00`, `2026-11-27 18:00`, RFC 3339, or `+2h`."
        ) { $0.at = $1 },
        InputField(
            "after",
            as: Int64.self,
            "The number of the job that must have succeeded before it begins."
        ) { $0.after = $1 },
        InputField(
            "unique",
            as: Bool.self,
            "Whether it is left out if the same thing was fetched successfully before."
        ) { $0.unique = $1 },
        InputField(
            "settings",
            as: [String: String].self,
            "Settings of this job that differ from the workspace's, by name; values as in a flag."
        ) { $0.settings = $1 },
    ]

    /// The names of the fields.
    package static let fieldNames = fields.map(\.description.name)

    /// What such an object looks like.
    package static let example = "{\"url\": \"https://…\", \"priority\": 2, \"tags\": [\"iso\"]}"

    /// The names of the fields that may be missing, as a sentence lists them.
    package static var optionalNames: String {
        let names = fields.map(\.description).filter { !$0.isRequired }.map(\.name)
        return names.dropLast().joined(separator: ", ") + " and " + (names.last ?? "")
    }

    package static let name = "job-body"
    package static let summary = "A job to add, as `adm add --json-lines` reads one on each line."
}

extension ConflictPolicy: JSONWord {}

/// A priority in JSON; one that is too large, or has a fraction, is refused by its range.
struct PriorityNumber: JSONShaped, Decodable {
    static var shape: JSONShape {
        .integer(Int64(Priority.allowed.lowerBound)...Int64(Priority.allowed.upperBound))
    }

    let value: Int

    init(from decoder: any Decoder) throws {
        let number = try decoder.singleValueContainer().decode(Double.self)
        guard let priority = Int(exactly: number), Priority.allowed.contains(priority) else {
            throw Priority.refusal("\(number)")
        }
        value = priority
    }
}
