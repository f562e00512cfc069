import ADMDisk
import ADMModel
import ADMSystem
import ADMTestSupport
import Foundation
import Testing

@Suite struct FollowingDigestTests {
    /// Vectors of FIPS 180-4 and RFC 1321 for "abc" and for nothing.
    static let vectors: [(DigestAlgorithm, String, String)] = [
        (.md5, "", "d41d8cd98f00b204e9800998ecf8427e"),
        (.md5, "abc", "900150983cd24fb0d6963f7d28e17f72"),
        (.sha1, "", "da39a3ee5e6b4b0d3255bfef95601890afd80709"),
        (.sha1, "abc", "a9993e364706816aba3e25717850c26c9cd0d89d"),
        (.sha256, "", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        (.sha256, "abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        (
            .sha512, "",
            "cf83e1357eefb8bdf1542850d66d8007d620e4050b5715dc83f4a921d36ce9ce"
                + "47d0d13c5d85f2b0ff8318d2877eec2f63b931bd47417a81a538327af927da3e"
        ),
        (
            .sha512, "abc",
            "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
                + "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f"
        ),
    ]

    @Test(arguments: vectors)
    func `digests are those of the standards`(
        algorithm: DigestAlgorithm,
        text: String,
        expected: String
    ) async throws {
        var digest = StreamingDigest(algorithm)
        for byte in text.utf8 { digest.update([byte]) }
        #expect(digest.finish() == expected)
        try await Scratch.with { scratch in
            let following = FollowingDigest(algorithm, of: try scratch.part(text))
            try await following.extend(to: Int64(text.utf8.count))
            #expect(following.finish() == expected)
        }
    }

    @Test(arguments: DigestAlgorithm.allCases)
    func `digests of a large file are those of the usual tools`(
        algorithm: DigestAlgorithm
    ) async throws {
        try await Scratch.with { scratch in
            let part = try scratch.part("")
            let bytes = (0..<2_345_678).map { UInt8(truncatingIfNeeded: $0 &* 7 ^ $0 >> 9) }
            try part.write(bytes, at: 0)
            let printed = try await ChildProcess.text(of: ["\(algorithm.rawValue)sum", part.path])
            let digest = FollowingDigest(algorithm, of: part)
            for end: Int64 in [3, 1_048_576, 1_048_575, 2_345_678] {
                try await digest.extend(to: end)
            }
            #expect(digest.position == 2_345_678)
            #expect(printed.hasPrefix("\(digest.finish())  "))
        }
    }

    @Test func `a digest may be asked for and continue`() {
        var digest = StreamingDigest(.sha256)
        digest.update(Array("ab".utf8))
        var other = digest
        other.update(Array("x".utf8))
        _ = digest.finish()
        digest.update(Array("c".utf8))
        #expect(digest.finish().hasPrefix("ba7816bf"))
        #expect(digest.algorithm == .sha256)
    }

    @Test func `only the asked length is digested`() async throws {
        try await Scratch.with { scratch in
            let part = try scratch.part("abc and more")
            let digest = FollowingDigest(.sha256, of: part)
            try await digest.extend(to: 3)
            #expect(digest.finish().hasPrefix("ba7816bf"))
        }
    }

    @Test func `D9 a file that is shorter than it was is found`() async throws {
        try await Scratch.with { scratch in
            let part = try scratch.part("abc")
            let thrown = await #expect(throws: Failure.self) {
                try await FollowingDigest(.sha256, of: part).extend(to: 4)
            }
            #expect(thrown?.code == .integrity)
            #expect(thrown?.message == "\(part.path) ends after 3 of 4 bytes")
        }
    }

    @Test func `a check that is cancelled stops between two buffers`() async throws {
        try await Scratch.with { scratch in
            let part = try scratch.part("")
            let length: Int64 = 1 << 40
            try part.truncate(to: length)
            let digest = FollowingDigest(.sha256, of: part)
            try await withThrowingTaskGroup { group in
                group.addTask {
                    let thrown = await #expect(throws: Failure.self) {
                        try await digest.extend(to: length)
                    }
                    #expect(thrown?.code == .cancelled)
                }
                while digest.position == 0 { await Task.yield() }
                group.cancelAll()
                try await group.waitForAll()
            }
            #expect(digest.position < length)
        }
    }

    @Test func `work that blocks gives back its answer or its failure`() async throws {
        #expect(await Blocking.run { 42 } == 42)
        let thrown = await #expect(throws: Failure.self) {
            try await Blocking.run { () throws(Failure) in throw Failure(.exists, "there") }
        }
        #expect(thrown?.code == .exists)
    }
}
