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
    /// The candidate that is fewest slips away, if it is close enough to be one; nil otherwise.
    ///
    /// A slip is a letter too many, too few, wrong, or exchanged with its neighbour. One in three letters
    /// may be one, three in all; a word of four letters or fewer keeps its first one, because otherwise
    /// every other short word would be near.
    public static func to(_ word: String, in candidates: some Sequence<String>) -> String? {
        let letters = Array(word.lowercased())
        let limit = min(3, max(1, letters.count / 3))
        var best: (distance: Int, word: String)?
        for candidate in candidates.sorted() {
            let other = Array(candidate.lowercased())
            guard letters.count > 4 || letters.first == other.first else { continue }
            let distance = distance(letters, other)
            if distance <= limit, distance < best?.distance ?? Int.max {
                best = (distance, candidate)
            }
        }
        return best?.word
    }

    /// The distance of Damerau and Levenshtein, each letter moved at most once.
    private static func distance(_ left: [Character], _ right: [Character]) -> Int {
        var before: [Int] = []
        var row = Array(0...right.count)
        for (i, a) in left.enumerated() {
            var next = [i + 1]
            for (j, b) in right.enumerated() {
                var least = min(next[j], row[j + 1]) + 1
                least = min(least, row[j] + (a == b ? 0 : 1))
                if i > 0, j > 0, a == right[j - 1], left[i - 1] == b {
                    least = min(least, before[j - 1] + 1)
                }
                next.append(least)
            }
            before = row
            row = next
        }
        return row[right.count]
    }
}
