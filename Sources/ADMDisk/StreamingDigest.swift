package import ADMModel
import Crypto

/// A digest over bytes that come one after another.
package struct StreamingDigest: Sendable {
    private enum Hasher: Sendable {
        case sha256(SHA256)
        case sha512(SHA512)
        case sha1(Insecure.SHA1)
        case md5(Insecure.MD5)
    }

    /// How the digest is computed.
    package let algorithm: DigestAlgorithm
    private var hasher: Hasher

    /// Starts a digest over no bytes.
    package init(_ algorithm: DigestAlgorithm) {
        self.algorithm = algorithm
        hasher =
            switch algorithm {
            case .sha256: .sha256(SHA256())
            case .sha512: .sha512(SHA512())
            case .sha1: .sha1(Insecure.SHA1())
            case .md5: .md5(Insecure.MD5())
            }
    }

    /// Adds the bytes that follow those already added.
    package mutating func update(_ bytes: borrowing RawSpan) {
        unsafe bytes.withUnsafeBytes { unsafe update($0) }
    }

    /// Adds the bytes that follow those already added; the buffer is only read during the call.
    mutating func update(_ buffer: UnsafeRawBufferPointer) {
        switch hasher {
        case .sha256(var state):
            unsafe state.update(bufferPointer: buffer)
            hasher = .sha256(state)
        case .sha512(var state):
            unsafe state.update(bufferPointer: buffer)
            hasher = .sha512(state)
        case .sha1(var state):
            unsafe state.update(bufferPointer: buffer)
            hasher = .sha1(state)
        case .md5(var state):
            unsafe state.update(bufferPointer: buffer)
            hasher = .md5(state)
        }
    }

    /// The digest of all bytes so far, in lower-case hexadecimal; more bytes may follow.
    package func finish() -> String {
        switch hasher {
        case .sha256(let state): StreamingDigest.hex(state.finalize())
        case .sha512(let state): StreamingDigest.hex(state.finalize())
        case .sha1(let state): StreamingDigest.hex(state.finalize())
        case .md5(let state): StreamingDigest.hex(state.finalize())
        }
    }

    private static func hex(_ digest: some Sequence<UInt8>) -> String {
        HexText.encode(digest)
    }
}

extension StreamingDigest {
    /// The digest of bytes that are all there, as lower-case hexadecimal digits.
    package static func digest(of bytes: [UInt8], _ algorithm: DigestAlgorithm) -> String {
        var digest = StreamingDigest(algorithm)
        unsafe digest.update(bytes.span.bytes)
        return digest.finish()
    }
}
