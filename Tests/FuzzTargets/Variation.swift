/// Changes texts as a fuzzer does, the same way in every run.
struct Variation: RandomNumberGenerator {
    private var state: UInt64
    private let words: [[UInt8]]

    /// Numbers at the edges of what types hold, and what is none.
    private static let numbers = [
        "0", "-1", "1", "00", "9007199254740992", "9007199254740993", "9223372036854775807",
        "9223372036854775808", "18446744073709551616", "99999999999999999999", "4294967296",
        "-9223372036854775808", "1e308", "1e-400", "nan", "inf", "0.1", "",
    ].map { Array($0.utf8) }

    /// Bytes that mean something to one reader or another, and bytes that are no text.
    private static let marks =
        Array("\0\n\r\t \"'\\/%:;,=<>()[]{}#@?&*+-._~aZ09".utf8)
        + [0x7F, 0x80, 0xC3, 0xEF, 0xFF]

    /// Starts at a number; `words` are texts to take parts of.
    init(seed: UInt64, words: [[UInt8]]) {
        state = seed
        self.words = words
    }

    /// The next word of SplitMix64 (Steele, Lea and Flood, OOPSLA 2014).
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var word = state
        word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
        word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
        return word ^ (word >> 31)
    }

    /// A text with one to four changes.
    mutating func next(of text: [UInt8]) -> [UInt8] {
        var result = text
        for _ in 0..<Int.random(in: 1...4, using: &self) { change(&result) }
        return result
    }

    private mutating func change(_ text: inout [UInt8]) {
        let start = Int.random(in: 0...text.count, using: &self)
        let end = min(text.count, start + Int.random(in: 0...8, using: &self))
        switch Int.random(in: 0..<8, using: &self) {
        case 0: text.removeSubrange(start..<end)
        case 1: text.insert(pick(Variation.marks), at: start)
        case 2: if start < text.count { text[start] = pick(Variation.marks) }
        case 3: if start < text.count { text[start] ^= 1 << UInt8.random(in: 0..<8, using: &self) }
        case 4:
            let times = Int.random(in: 1...4, using: &self)
            text.insert(contentsOf: (0..<times).flatMap { _ in text[start..<end] }, at: start)
        case 5: replaceNumber(&text, near: start)
        case 6:
            let other = pick(words)
            let from = Int.random(in: 0...other.count, using: &self)
            text.replaceSubrange(start..<end, with: other[from...].prefix(24))
        default: text.removeSubrange(start...)
        }
    }

    /// Puts another number in the place of the next one.
    private mutating func replaceNumber(_ text: inout [UInt8], near start: Int) {
        let isDigit = { (byte: UInt8) in (0x30...0x39).contains(byte) }
        guard
            let first = text[start...].firstIndex(where: isDigit) ?? text.firstIndex(where: isDigit)
        else { return }
        let end = text[first...].firstIndex { !isDigit($0) } ?? text.count
        text.replaceSubrange(first..<end, with: pick(Variation.numbers))
    }

    private mutating func pick<Element>(_ choices: [Element]) -> Element {
        choices[Int.random(in: 0..<choices.count, using: &self)]
    }
}
