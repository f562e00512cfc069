import ADMModel
import Testing

@Suite struct TokenTextTests {
    @Test func `every scope allows what the ones before it allow`() {
        #expect(TokenScope.read < .submit && TokenScope.submit < .admin)
        #expect(TokenScope.allCases.sorted() == [.read, .submit, .admin])
    }

    @Test func `a secret has the form in which it is looked for, and each is another one`() throws {
        var seen: Set<String> = []
        for _ in 0..<200 {
            let id = TokenText.randomID()
            #expect(TokenText.isID(id))
            let text = try #require(TokenText.random(id: id).text)
            #expect(TokenText.id(in: text) == id, "\(text)")
            seen.insert(String(text.suffix(43)))
        }
        #expect(seen.count == 200)
    }

    @Test(arguments: ["", "3f9a07c", "3f9a07c21", "3F9A07C2", "3f9a07cg", "3f9a07é", "3f9a 7c2"])
    func `what is no identifier is none`(text: String) { #expect(!TokenText.isID(text)) }
}
