/// How urgent a job is beside others of its workspace: higher first, 1 by default.
public enum Priority {
    /// The priorities that can be asked for.
    ///
    /// A step is worth ten minutes of waiting, so the ends are 19 years apart from 0.
    public static let allowed = -1_000_000...1_000_000

    /// Checks that a priority can be asked for.
    ///
    /// - Throws: ``Failure`` with `usage` that names the range.
    public static func check(_ number: Int) throws(Failure) {
        guard allowed.contains(number) else { throw refusal("\(number)") }
    }

    /// Reads a priority.
    ///
    /// - Throws: ``Failure`` with `usage` that names the range.
    public static func parse(_ text: String) throws(Failure) -> Int {
        guard let number = Int(text), allowed.contains(number) else {
            throw refusal(String(text.prefix(40)).debugDescription)
        }
        return number
    }

    /// The priority some steps higher or lower, or the highest or lowest that there is.
    public static func raised(_ number: Int, by step: Int) -> Int {
        min(allowed.upperBound, max(allowed.lowerBound, number.adding(saturating: step)))
    }

    /// Why a priority is refused.
    public static func refusal(_ shown: String) -> Failure {
        Failure(
            .usage,
            "the priority is a whole number from \(allowed.lowerBound) to \(allowed.upperBound),"
                + " not \(shown)"
        )
    }
}
