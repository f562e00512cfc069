import Testing

@testable import ADMModel

/// Bytes that others wrote, as text.
struct ByteTextTests {
    @Test func `bytes are UTF-8 if they can be, else ISO 8859-1`() {
        #expect(ByteText(Array("café 你好".utf8)).string == "café 你好")
        #expect(!ByteText(Array("café".utf8)).isLatin1)
        let latin = ByteText([0x63, 0x61, 0x66, 0xE9])
        #expect(latin.string == "café")
        #expect(latin.isLatin1)
        // GBK for 你好: wrong, but as wrong as for everybody else, and told apart from other names.
        #expect(ByteText([0xC4, 0xE3, 0xBA, 0xC3]).string == "ÄãºÃ")
        #expect(ByteText([UInt8]()).string.isEmpty)
    }

    @Test func `no two bytes become the same text`() {
        let texts = (UInt8.min...UInt8.max).map { ByteText([0xFF, $0]).string }
        #expect(Set(texts.map { Array($0.unicodeScalars.map(\.value)) }).count == 256)
    }

    @Test func `a URL keeps its bytes`() {
        #expect(ByteText.url(Array("/caf".utf8) + [0xE9] + Array("?a=%20".utf8)) == "/caf%E9?a=%20")
        #expect(ByteText.url(Array("/café".utf8)) == "/café")
        // One byte that is not UTF-8 says that the others are not either.
        #expect(ByteText.url([0xC3, 0xA9, 0xE9]) == "%C3%A9%E9")
    }

    @Test func `in a line of a list a URL keeps its bytes, and the rest is read`() {
        let line = Array("http://a.test/caf".utf8) + [0xE9] + Array("\tfilename=caf".utf8) + [0xE9]
        #expect(ByteText(line: line).string == "http://a.test/caf%E9\tfilename=café")
        #expect(ByteText(line: Array("http://a.test/café".utf8)).string == "http://a.test/café")
    }

    @Test func `for people a foreign byte is written as a number`() {
        #expect(
            ByteText.shown(Array("/tmp/m".utf8) + [0xFC] + Array("ller".utf8)) == "/tmp/m\\xFCller"
        )
        #expect(ByteText.shown(Array("/tmp/müller".utf8)) == "/tmp/müller")
    }

    @Test func `a header field from a file is sent in the bytes of the file`() throws {
        let latin = try HeaderField(ByteText(Array("X-Name: caf".utf8) + [0xE9]))
        #expect(latin.value == "café")
        #expect(latin.latin1Value == [0x63, 0x61, 0x66, 0xE9])
        let text = try HeaderField(ByteText(Array("X-Name: café".utf8)))
        #expect(text.latin1Value == nil)
        #expect(text != latin)
    }
}
