import Testing

@testable import ADMCommands

@Suite struct FittingTests {
    private static let family = "\u{1F468}\u{200D}\u{1F469}\u{200D}\u{1F467}\u{200D}\u{1F466}"

    @Test(arguments: [
        ("short.iso", 9, "short.iso"),
        ("ubuntu-24.04.1-live-server-amd64.iso", 19, "ubuntu-24…amd64.iso"),
        ("ubuntu-24.04.1-live-server-amd64.iso", 8, "ubu….iso"),
        ("ubuntu-24.04.1-live-server-amd64.iso", 4, "ub…o"),
        ("ubuntu-24.04.1-live-server-amd64.iso", 1, "u"),
        ("ubuntu-24.04.1-live-server-amd64.iso", 0, ""),
        ("archive-of-everything.tar.gz", 14, "archiv….tar.gz"),
        ("archive-of-everything.tar.gz", 8, "arch….gz"),
        ("no-extension-but-a-long-name", 13, "no-ext…g-name"),
        (".hidden-and-rather-long", 11, ".hidd…-long"),
        ("\u{5BB6}\u{65CF}\u{5199}\u{771F}\u{5E33}.zip", 12, "\u{5BB6}\u{65CF}\u{5199}….zip"),
    ])
    func `a long name loses its middle and keeps its ending`(
        name: String,
        columns: Int,
        expected: String
    ) {
        let cut = name.truncated(to: columns)
        #expect(cut == expected)
        #expect(DisplayWidth.columns(cut) <= columns)
    }

    @Test func `a cut never splits a character`() {
        let name = String(repeating: FittingTests.family + "e\u{301}\u{1F1E9}\u{1F1EA}", count: 4)
        let whole = Set(name).union("…")
        for columns in 0...24 {
            let cut = name.truncated(to: columns)
            #expect(DisplayWidth.columns(cut) <= columns)
            #expect(cut.allSatisfy(whole.contains), "\(columns): \(cut)")
        }
    }

    @Test func `the ellipsis may be ASCII`() {
        #expect("a-very-long-name.iso".truncated(to: 10, ellipsis: "~") == "a-ver~.iso")
    }

    @Test func `padding counts columns, not characters`() {
        #expect("\u{6F22}".padded(to: 4) == "\u{6F22}  ")
        #expect("e\u{301}".padded(to: 3, .right) == "  e\u{301}")
        #expect("longer".padded(to: 3) == "longer")
    }

    @Test func `colour takes no columns and survives a cut`() {
        let line = "ab" + Ink.cyan.paint("\u{6F22}\u{5B57}", color: true) + "z"
        #expect(StyledText.columns(line) == 7)
        #expect(StyledText.clipped(line, to: 7) == line)
        #expect(StyledText.clipped(line, to: 5) == "ab\u{1B}[36m\u{6F22}\u{1B}[0m")
        #expect(StyledText.clipped(line, to: 0) == "\u{1B}[36m\u{1B}[0m")
    }

    @Test(arguments: [
        ("", 10, 1), ("0123456789", 10, 1), ("0123456789a", 10, 2),
        // The wide one does not fit into the last column of the first row.
        ("0123456789\u{6F22}", 11, 2), ("\u{6F22}\u{6F22}\u{6F22}", 3, 3), ("\u{6F22}", 1, 1),
    ])
    func `a line takes the rows into which the terminal wraps it`(
        line: String,
        width: Int,
        rows: Int
    ) {
        #expect(StyledText.rows(line, width: width) == rows)
    }
}
