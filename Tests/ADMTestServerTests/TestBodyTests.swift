import ADMModel
import ADMTestServer
import ADMTestSupport
import Foundation
import Testing

@Suite struct TestBodyTests {
    @Test(arguments: [0, 1, 7, 8, 4_095, 1_048_570, 1_048_573, 5_000_000_001] as [Int64])
    func `the bytes of a range do not depend on where reading began`(start: Int64) {
        let body = TestBody(seed: 42, length: 6_000_000_000)
        let together = body.bytes(in: ByteRange(start, start + 100))
        let apart = (0..<100).flatMap { body.bytes(in: ByteRange(start + $0, start + $0 + 1)) }
        #expect(together == apart)
    }

    @Test(arguments: [1, 4_096, 65_536, 1_048_576, 4_194_304, 67_108_864] as [Int64])
    func `bytes at another usual offset are other bytes`(shift: Int64) {
        let body = TestBody(seed: 42, length: 1 << 40)
        let here = body.bytes(in: ByteRange(0, 64))
        #expect(here != body.bytes(in: ByteRange(shift, shift + 64)))
    }

    @Test func `another seed gives other bytes`() {
        let one = TestBody(seed: 1, length: 64).bytes(in: ByteRange(0, 64))
        let other = TestBody(seed: 2, length: 64).bytes(in: ByteRange(0, 64))
        #expect(one != other)
    }

    @Test(arguments: [0, 1, 1_048_573, 3_000_000] as [Int64])
    func `a right file matches`(length: Int64) async throws {
        let body = TestBody(seed: 3, length: length)
        try await withTemporaryDirectory { directory in
            try body.write(to: directory + "/file")
            #expect(try body.matches(file: directory + "/file"))
        }
    }

    @Test(arguments: [0, 1_048_572, 1_048_573, 2_999_999])
    func `one wrong byte is found`(offset: Int) async throws {
        let body = TestBody(seed: 3, length: 3_000_000)
        try await withTemporaryDirectory { directory in
            let path = directory + "/file"
            var bytes = body.bytes(in: ByteRange(0, 3_000_000))
            bytes[offset] ^= 1
            try Data(bytes).write(to: URL(fileURLWithPath: path))
            #expect(try body.firstDifference(file: path) == Int64(offset))
        }
    }

    @Test func `a file that is too short or too long does not match`() async throws {
        let body = TestBody(seed: 3, length: 2_000_000)
        try await withTemporaryDirectory { directory in
            let path = directory + "/file"
            try body.write(to: path, count: 1_999_999)
            #expect(try body.firstDifference(file: path) == 1_999_999)
            try TestBody(seed: 3, length: 2_000_001).write(to: path)
            #expect(try body.firstDifference(file: path) == 2_000_000)
        }
    }

    @Test func `a file that is not there is a storage failure`() {
        let body = TestBody(seed: 3, length: 1)
        #expect {
            try body.matches(file: "/nonexistent/file")
        } throws: {
            ($0 as? Failure)?.code == .storage
        }
    }

    @Test func `the digest is that of the bytes`() async throws {
        let empty = TestBody(seed: 3, length: 0)
        let known = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
        #expect(try await empty.sha256() == known)
        #expect(
            try await empty.digestField()
                == "sha-256=:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=:"
        )
    }
}
