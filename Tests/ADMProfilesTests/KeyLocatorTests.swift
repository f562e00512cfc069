import ADMProfiles
import Testing

/// Where keys stand, by the text of the key.
struct KeyLocatorTests {
    private func places(_ text: String) -> [String: String] {
        let entries = KeyLocator(text).entries.map {
            ($0.path.joined(separator: "/"), $0.position.description)
        }
        return Dictionary(entries) { first, _ in first }
    }

    @Test func `keys of the root have line and column`() {
        #expect(places("a = 1\n\n  b=2\n\tc\t=\t3") == ["a": "1:1", "b": "3:3", "c": "4:2"])
    }

    @Test func `quoted keys are found by what they say`() {
        let text = "\"a b\" = 1\n'c.d' = 2\n\"\\u00e9\\t\" = 3\nx.\"y.z\" . 'w' = 4"
        #expect(places(text) == ["a b": "1:1", "c.d": "2:1", "é\t": "3:1", "x/y.z/w": "4:1"])
    }

    @Test func `keys of tables stand below the table`() {
        let text = "r = 0\n[t]\na = 1\n[ t . \"u\" ] # c\nb = 2\n[[l]]\nc = 3\n[[l]]\nc = 4"
        let found = KeyLocator(text).entries.map {
            "\($0.path.joined(separator: "/")) \($0.position) \($0.isHeader) \($0.isRoot)"
        }
        #expect(
            found == [
                "r 1:1 false true", "t 2:2 true false", "t/a 3:1 false false",
                "t/u 4:3 true false", "t/u/b 5:1 false false", "l 6:3 true false",
                "l/c 7:1 false false", "l 8:3 true false", "l/c 9:1 false false",
            ]
        )
    }

    @Test(
        arguments: [
            "\"\"\"\nx = 1\n[no]\n\\\"\"\" # no\n\"\"\"", "'''\nx = 1\n\\'''", "\"\"\"a\"\"\"\"\"",
            "''''a'''''", "['''a''''', 1]", "\"x = 1 # no\\\" \"", "'x = 1 # no \"'", "\"\"", "''",
            "[\n  \"x = 1\", # x = 1 ]\n  '''\nx = 1''',\n]", "{ x = 1, \"}\" = [\"{\"] }",
            "1979-05-27 07:32:00 # x = 1",
        ]
    )
    func `what stands inside a value is no key`(value: String) {
        let text = "a = \(value)\nz = 1"
        let locator = KeyLocator(text)
        let last = text.split(separator: "\n", omittingEmptySubsequences: false).count
        #expect(locator.entries.map { $0.path } == [["a"], ["z"]])
        #expect(locator.first("z")?.position == SourcePosition(line: last, column: 1))
    }

    @Test func `items of a list have places of their own`() throws {
        let locator = KeyLocator("a = [ 1, # [\n  'x,y',\n  [2, 3], {b = 4},\n]")
        let entry = try #require(locator.first("a"))
        let found = (0..<5).map { locator.position(of: entry, item: $0).description }
        #expect(found == ["1:7", "2:3", "3:3", "3:11", "1:1"])
    }

    @Test func `columns count characters and lines may end with CRLF`() {
        let text = "\u{FEFF}a = 'é日本'\r\n  b = 2\r\n\r\n'日本' . x = 1\r\n"
        #expect(places(text) == ["a": "1:1", "b": "2:3", "日本/x": "4:1"])
    }

    @Test(
        arguments: [
            "", "\n", "# only", "a", "a =", "a = [", "a = {", "a = \"", "a = '''", "\"", "\"\\",
            "[",
            "[[", "[a", "[\"", "a = \"\\", "a = \"\"\"\\", "a.", "a. = 1", "= 1", "\u{FEFF}",
        ]
    )
    func `a text that is no TOML is gone through without harm`(text: String) {
        #expect(KeyLocator(text).entries.count <= 1)
    }

    @Test func `the keys before a mistake are found`() {
        let found = places("a = 1\nb = 'x'\nc d\ne = 1")
        #expect(found["a"] == "1:1")
        #expect(found["b"] == "2:1")
    }
}
