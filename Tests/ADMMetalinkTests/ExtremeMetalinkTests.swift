import ADMModel
import Testing

@testable import ADMMetalink

/// Sizes, lengths of pieces and priorities in a Metalink that nobody has.
@Suite struct ExtremeMetalinkTests {
    static let numbers = [
        "", "0", "-0", "1", "-1", "+1", "9007199254740993", "1152921504606846976",
        "1152921504606846977", "9223372036854775807", "9223372036854775808", "-9223372036854775808",
        "99999999999999999999", "1e308", "NaN", "0x10", "1.5",
    ]

    @Test(arguments: numbers, numbers)
    func `no number of a document is a trap`(size: String, length: String) throws {
        let hash = String(repeating: "a", count: 32)
        let text = """
            <metalink xmlns="urn:ietf:params:xml:ns:metalink"><file name="a"><size>\(size)</size>\
            <pieces type="md5" length="\(length)"><hash>\(hash)</hash><hash>\(hash)</hash></pieces>\
            <url priority="\(size)">http://a/x</url><url priority="\(length)">http://b/x</url>\
            <url priority="1">http://[]/x</url></file></metalink>
            """
        let results = try Metalink(parsing: Array(text.utf8), named: "m").files
        #expect(results.count == 1)
        guard case .success(let file) = try #require(results.first) else { return }
        #expect((0...ByteCount.limit).contains(file.size ?? 0))
        #expect(file.urls.count == 2)
        if let pieces = file.pieces { #expect((1...ByteCount.limit).contains(pieces.pieceLength)) }
    }
}
