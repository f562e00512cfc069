/// A workspace's name: 1–63 of `a-z 0-9 . _ -`, beginning with a letter or digit.
public struct WorkspaceName: Hashable, Sendable, Comparable, CustomStringConvertible {
    /// The name.
    public let description: String

    /// The workspace that is used, and made, when nothing else is said.
    public static let standard = WorkspaceName(trusted: "default")

    private init(trusted: String) { description = trusted }

    /// Checks a name.
    ///
    /// - Throws: ``Failure`` with `usage` that says which rule the name breaks.
    public init(_ text: String) throws(Failure) {
        let allowed = Set("abcdefghijklmnopqrstuvwxyz0123456789._-")
        guard let first = text.first, text.count <= 63, text.allSatisfy(allowed.contains),
            first.isLetter || first.isNumber, !text.contains("..")
        else {
            throw Failure(
                .usage,
                "\(text.prefix(80).debugDescription) is not a workspace name",
                hint: "1 to 63 of a-z 0-9 . _ - beginning with a letter or a digit"
            )
        }
        guard text != "all" else {
            throw Failure(.usage, "the workspace name \"all\" is reserved")
        }
        description = text
    }

    /// Alphabetical.
    public static func < (left: WorkspaceName, right: WorkspaceName) -> Bool {
        left.description < right.description
    }
}

/// The nearest of some known words, for "did you mean".
public enum NearestWord {
    /// The candidate with the smallest edit distance, if it is close enough to be a slip.
    public static func to(_ word: String, in candidates: some Sequence<String>) -> String? {
        let limit = max(1, word.count / 3)
        var best: (distance: Int, word: String)?
        for candidate in candidates.sorted() {
            let distance = editDistance(Array(word.lowercased()), Array(candidate.lowercased()))
            if distance <= limit, distance < best?.distance ?? Int.max {
                best = (distance, candidate)
            }
        }
        return best?.word
    }

    private static func editDistance(_ left: [Character], _ right: [Character]) -> Int {
        var row = Array(0...right.count)
        for (i, a) in left.enumerated() {
            var diagonal = row[0]
            row[0] = i + 1
            for (j, b) in right.enumerated() {
                let next = a == b ? diagonal : 1 + min(diagonal, row[j], row[j + 1])
                diagonal = row[j + 1]
                row[j + 1] = next
            }
        }
        return row[right.count]
    }
}
