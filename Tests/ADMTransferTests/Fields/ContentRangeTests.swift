import ADMModel
import Testing

@testable import ADMTransfer

@Suite struct ContentRangeTests {
    @Test func `a part names its first and last byte and the whole length`() throws {
        let range = try #require(ContentRange(parsing: "bytes 0-499/1234"))
        #expect(range.range == ByteRange(0, 500))
        #expect(range.total == 1234)
    }

    @Test func `an unknown length is nil and a refused range has no bytes`() throws {
        #expect(try #require(ContentRange(parsing: "bytes 5-5/*")).total == nil)
        let refused = try #require(ContentRange(parsing: "bytes */1234"))
        #expect(refused.range == nil)
        #expect(refused.total == 1234)
    }

    @Test(
        arguments: [
            "", "bytes", "bytes 0-499", "0-499/1234", "bytes 500-499/1234", "bytes 0-1234/1234",
            "bytes -1-5/10", "bytes 0-+5/10", "bytes 0-99999999999999999999/*", "bytes */*",
            "bytes 0-499/12,34", "octets 0-1/2", "bytes 0 - 1/2", "bytes 0-9223372036854775807/*",
        ]
    )
    func `H2 nonsense is no range`(text: String) {
        #expect(ContentRange(parsing: text) == nil)
    }
}
