import ADMModel
package import ADMTestServer
import Foundation

extension TestBody {
    /// Writes the file, or its first bytes, to a new file at `path`.
    ///
    /// - Parameters:
    ///   - path: Where to; what is there is overwritten.
    ///   - count: How many bytes from the beginning; nil writes all.
    /// - Throws: What the file system throws.
    package func write(to path: String, count: Int64? = nil) throws {
        let end = min(count ?? length, length)
        try Data().write(to: URL(fileURLWithPath: path))
        let file = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
        defer { try? file.close() }
        let period = Int64(TestBody.period)
        let block = Data(bytes(in: ByteRange(0, min(end, period))))
        var offset: Int64 = 0
        while offset < end {
            try file.write(contentsOf: block.prefix(Int(min(period, end - offset))))
            offset += period
        }
    }

    /// The SHA-256 digest of the whole file in lower-case hexadecimal, computed by `sha256sum`.
    ///
    /// - Throws: `Failure` with `unclassified` if there is no `sha256sum`.
    package func sha256() async throws -> String {
        try await withTemporaryDirectory { directory in
            try write(to: directory + "/body")
            let outcome = try await ChildProcess.output(
                ChildProcess.Command("/usr/bin/env", ["sha256sum", directory + "/body"])
            )
            guard outcome.status == 0, let digest = outcome.output.split(separator: " ").first
            else {
                throw Failure(.unclassified, "sha256sum failed", cause: outcome.errorOutput)
            }
            return String(digest)
        }
    }

    /// The value of a right `Repr-Digest` field with SHA-256 (RFC 9530).
    ///
    /// - Throws: `Failure` with `unclassified` if there is no `sha256sum`.
    package func digestField() async throws -> String {
        var bytes = Data()
        var rest = Substring(try await sha256())
        while let byte = UInt8(rest.prefix(2), radix: 16) {
            bytes.append(byte)
            rest = rest.dropFirst(2)
        }
        return "sha-256=:\(bytes.base64EncodedString()):"
    }
}
