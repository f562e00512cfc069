package import ADMModel

/// The length of the file that earlier answers named, in this run and in those before.
///
/// What contradicts it is not the file: another length of the same version, and a body without a length
/// that ends before. Pure.
package struct KnownLength: Sendable, Hashable {
    /// The version that has the length.
    private var known: Validators

    /// Begins with what was recorded.
    package init(_ known: Validators?) { self.known = known ?? Validators() }

    /// What the body of an answer must come to if the answer names no length.
    package struct Expectation: Sendable, Hashable {
        /// The length.
        package let length: Int64
        /// Whether it is certainly the same version, so that it cannot be longer either.
        package let isSameVersion: Bool

        /// Whether a body of that length may be the whole file.
        package func allows(_ count: Int64) -> Bool {
            isSameVersion ? count == length : count >= length
        }
    }

    /// Judges what an answer says of the file; `length` of the validators is the whole one if the answer
    /// names it.
    ///
    /// - Returns: What its body must come to; nil if the answer says so itself or nothing is known.
    /// - Throws: ``RangeRefusal/contradiction(_:)`` if it is the same version with another length.
    func expectation(of answer: Validators) throws(RangeRefusal) -> Expectation? {
        guard let length = known.length else { return nil }
        let relation = known.relation(to: answer)
        if relation == .different { return nil }
        guard let named = answer.length else {
            return Expectation(length: length, isSameVersion: relation == .same)
        }
        guard relation != .same || named == length else {
            throw .contradiction(KnownLength.contradiction(named, length))
        }
        return nil
    }

    /// Takes what an answer says.
    package mutating func note(_ answer: Validators) {
        switch known.relation(to: answer) {
        case .different: known = answer
        case .same: known.length = known.length ?? answer.length
        case .unknown: if answer.length != nil, answer.length != known.length { known = answer }
        }
    }

    /// Another server is asked from now on: what the first said of its version proves nothing there.
    package mutating func changeServer() { known = Validators(length: known.length) }

    /// Says what is wrong.
    static func contradiction(_ length: Int64, _ known: Int64) -> String {
        "it has \(length) bytes, and the same version had \(known) before"
    }
}
