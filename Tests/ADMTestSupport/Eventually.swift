/// Awaits the first element of a sequence that satisfies a predicate.
///
/// It has no time limit of its own: a test that may wait for ever carries a `.timeLimit`.
///
/// - Parameters:
///   - sequence: What to read, from its next element on.
///   - predicate: What the element must satisfy.
/// - Returns: The element.
/// - Throws: ``NeverHappened`` when the sequence ends first; what the sequence or the predicate
///   throws.
@discardableResult
package func eventually<Elements: AsyncSequence>(
    _ sequence: Elements,
    where predicate: (Elements.Element) throws -> Bool
) async throws -> Elements.Element {
    var seen: [String] = []
    for try await element in sequence {
        if try predicate(element) { return element }
        seen.append("\(element)")
    }
    throw NeverHappened(seen: seen)
}

/// A sequence ended before it brought what was awaited.
package struct NeverHappened: Error, Sendable, CustomStringConvertible {
    /// The elements that came instead, described.
    package let seen: [String]

    /// All that came instead, one element a line.
    package var description: String {
        "the sequence ended after \(seen.count) other elements:\n"
            + seen.joined(separator: "\n")
    }
}
