import ADMModel
import ADMTestSupport
import Foundation
import Testing

/// What can be said of a digest: itself, or where a list of digests is.
@Suite struct ExpectedDigestTests {
    private let paths = PathExpansion(home: nil, workingDirectory: "/")
    private let digest = "md5:0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f"

    private func expecting(_ text: String, after earlier: String? = nil) throws -> JobOptions {
        var options = JobOptions()
        if let earlier { try options.expect(earlier, paths: paths) }
        try options.expect(text, paths: paths)
        return options
    }

    @Test func `a digest is known by its form, a list by its address`() throws {
        #expect(try expecting(digest).checksum == Checksum(parsing: digest))
        let list = try expecting("sha256:https://h.example/SHA256SUMS")
        #expect(list.checksumList == (try SourceURL("https://h.example/SHA256SUMS")))
        #expect(list.listAlgorithm == .sha256)
        #expect(list.checksum == nil)
    }

    @Test func `the later one replaces the earlier one`() throws {
        let options = try expecting(digest, after: "sha256:https://h.example/SHA256SUMS")
        #expect(options == (try expecting(digest)))
    }

    @Test func `a list that is a file must be there and be readable`() throws {
        try inTemporaryDirectory { root in
            let list = root + "/SHA256SUMS"
            try Data("x".utf8).write(to: URL(fileURLWithPath: list))
            #expect(try expecting(list).checksumFile == list)
            #expect(try expecting("sha512:file://" + list).checksumFile == list)
            #expect(try expecting(String(list.dropFirst())).checksumFile == list)
            for wrong in [root, root + "/missing", "sha256:", "not a digest"] {
                let failure = #expect(throws: Failure.self) { try expecting(wrong) }
                #expect(failure?.code == .usage, "\(wrong)")
            }
        }
    }
}
