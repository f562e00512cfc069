/// A reader of text from outside, and what it promises whatever the text is.
///
/// Nothing may trap, hang or grow without bounds; what else must hold is in the ``check``. The same
/// function is run by libFuzzer (`make fuzz`) and, over the committed corpus, by the tests.
package struct FuzzTarget: Sendable {
    /// Its name, which is the name of the folder of its corpus in `Tests/Corpora`.
    package let name: String
    /// Reads the text.
    ///
    /// It throws ``BrokenPromise``; what it has to read for that alone is right and throws nothing.
    package let check: @Sendable (_ input: [UInt8]) throws -> Void

    /// Names a function.
    package init(_ name: String, _ check: @escaping @Sendable ([UInt8]) throws -> Void) {
        self.name = name
        self.check = check
    }

    /// A target that is given the input as text.
    init(text name: String, _ check: @escaping @Sendable (String) throws -> Void) {
        self.init(name) { try check(String(decoding: $0, as: UTF8.self)) }
    }

    /// All of them.
    package static let all: [FuzzTarget] =
        headerTargets + answerTargets + nameTargets + addressTargets + listTargets + lineTargets
        + settingTargets
}

/// A promise of a reader that does not hold for an input.
package struct BrokenPromise: Error, CustomStringConvertible {
    /// What was promised, and what was found.
    package let description: String
}

/// Sees that something holds.
///
/// - Throws: ``BrokenPromise`` if it does not.
func promise(_ holds: Bool, _ message: @autoclosure () -> String) throws(BrokenPromise) {
    if !holds { throw BrokenPromise(description: message()) }
}

/// Sees that two ways to the same value lead to the same value.
///
/// - Throws: ``BrokenPromise`` if they do not.
func promise<Value: Equatable>(
    _ found: Value?,
    is wanted: Value,
    _ message: @autoclosure () -> String
) throws(BrokenPromise) {
    try promise(
        found == wanted,
        "\(message()): \(found.map { "\($0)" } ?? "nothing") in the place of \(wanted)"
    )
}

extension StringProtocol {
    /// Whether it holds what may end a line, a field or a C string.
    var holdsControls: Bool { unicodeScalars.contains { $0.value < 0x20 || $0.value == 0x7F } }

    /// The first line and the rest.
    var firstLineAndRest: (first: String, rest: String) {
        guard let end = utf8.firstIndex(of: 0x0A) else { return (String(self), "") }
        return (String(self[..<end]), String(self[utf8.index(after: end)...]))
    }
}
