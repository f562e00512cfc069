import ADMModel
import ADMProfiles
import ADMTestSupport
import Testing

/// Texts that went wrong in every way a keyboard can do it.
///
/// The parser aborts the process on some of them when nobody looks at the text before.
struct TOMLMutationTests {
    private static let seed = #"""
        # c
        quiet = true
        "retries" = 0x1F
        x."y z".'w' = [1, 2, # k
          "]", '''
        m#
        ''', [3, {n = 1, o.p = "q\u00e9"}],
        ]
        user-agent = """
        [no]
        s = 1 \""" \\
        """"
        t = [1979-05-27T07:32:00Z, 12:00:00, -inf, 1e5]
        [tab.le] # z
        a = true
        [[arr.ay]]
        [ "q" . 'r' ]
        """#

    private static let pieces = [
        "[", "]", "[[", "{", "}", "\"", "'", "\"\"\"", "'''", "\\", "#", "\n", "\r\n", "=", ".",
        ",",
        "a", "1", "-", "_", " ", "é", "\u{1}", "inf", "0x", "1979-05-27", "12:00", "T", "e", "true",
        "\\u0000", "\\uD800", "\\e", "\u{FEFF}", "\u{2028}", "\r",
    ]

    @Test(arguments: [1, 2, 3, 4])
    func `CF1 no text ends the process, and each mistake has a place`(number: UInt64) throws {
        var random = SeededGenerator(seed: number)
        var wrong = 0
        for _ in 0..<500 {
            var text = Array(TOMLMutationTests.seed.unicodeScalars)
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                let piece = TOMLMutationTests.pieces.randomElement(using: &random) ?? ""
                let start = Int.random(in: 0...text.count, using: &random)
                let length = min(Int.random(in: 0...3, using: &random), text.count - start)
                text.replaceSubrange(start..<start + length, with: piece.unicodeScalars)
            }
            var scalars = String.UnicodeScalarView()
            scalars.append(contentsOf: text)
            let problem = try failure { try ProfileFile.parse(text: String(scalars), path: "p") }
            guard let problem else { continue }
            wrong += 1
            let lines = String(scalars).unicodeScalars.count { $0 == "\n" } + 1
            let parts = problem.message.split(separator: ":").prefix(3)
            let line = try #require(parts.count == 3 ? Int(parts[1]) : nil, "\(problem.message)")
            #expect((1...lines).contains(line))
            #expect(Int(parts[2]) ?? 0 >= 1)
        }
        // The text itself holds keys that no profile has.
        #expect(wrong == 500)
    }
}
