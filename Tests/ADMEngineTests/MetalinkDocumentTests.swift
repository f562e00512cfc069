import ADMEngine
import ADMModel
import Testing

/// What becomes of a Metalink, without a workspace.
@Suite struct MetalinkDocumentTests {
    private let bytes = Array(
        """
        <metalink xmlns="urn:ietf:params:xml:ns:metalink"><file name="a">
        <hash type="sha-256">\(String(repeating: "0", count: 64))</hash>
        <url>https://a.example/a</url></file><file name="a">
        <url>http://b.example/b</url></file></metalink>
        """.utf8
    )

    private func cookie() throws -> JobOptions {
        JobOptions(headers: [try HeaderField(name: "Cookie", value: "a=b")])
    }

    @Test func `a document that nobody fetched sends no secret anywhere`() throws {
        let document = MetalinkDocument(bytes, named: "a.meta4")
        let options = try cookie()
        let failure = #expect(throws: Failure.self) { try document.requests(like: options) }
        #expect(failure?.code == .refused)
        let requests = try document.requests(like: JobOptions()).map { try $0.get() }
        #expect(requests.map(\.fileName) == ["a", "a (1)"])
    }

    @Test func `a secret goes to the origin of the document, and http needs a digest after https`()
        throws
    {
        let url = try SourceURL("https://a.example/a.meta4")
        let document = MetalinkDocument(bytes, from: url, foundAt: url)
        let results = try document.requests(like: try cookie())
        #expect(try results[0].get().headers.map(\.name) == ["Cookie"])
        #expect(throws: Failure.self) { try results[1].get() }
        let elsewhere = try SourceURL("http://c.example/a.meta4")
        let other = MetalinkDocument(bytes, from: elsewhere, foundAt: elsewhere)
        let requests = try other.requests(like: try cookie()).map { try $0.get() }
        #expect(requests.map(\.headers) == [[], []])
    }
}
