import Glibc

/// Bytes that nobody but the receiver may see: a password, a token.
///
/// They are wiped when the last one lets go of them. Printing, interpolating or reflecting a secret
/// shows `***`; it cannot be encoded.
@safe
public final class Secret: @unchecked Sendable, CustomStringConvertible,
    CustomDebugStringConvertible, CustomReflectable
{
    /// The largest secret that is stored, in bytes.
    public static let maximumCount = 65_536

    // Never written after init.
    private let storage: UnsafeMutableRawBufferPointer

    /// Copies bytes; the caller sees to it that its own copy is wiped.
    public init(_ bytes: some Collection<UInt8>) {
        unsafe storage = .allocate(byteCount: bytes.count, alignment: 1)
        unsafe storage.copyBytes(from: bytes)
    }

    /// Takes text as UTF-8.
    public convenience init(_ text: String) { self.init(Array(text.utf8)) }

    deinit {
        if let base = unsafe storage.baseAddress {
            unsafe explicit_bzero(base, storage.count)
        }
        unsafe storage.deallocate()
    }

    /// How many bytes it has.
    public var count: Int { unsafe storage.count }

    /// The bytes, for the code that sends or stores them.
    public var bytes: [UInt8] { unsafe Array(storage) }

    /// The bytes as text; nil if they are not UTF-8.
    public var text: String? { unsafe String(validating: storage, as: UTF8.self) }

    /// Tells secrets apart inside this process; it means nothing outside of it, because each process has a seed of its own.
    package var fingerprint: Int {
        var hasher = Hasher()
        unsafe hasher.combine(bytes: UnsafeRawBufferPointer(storage))
        return hasher.finalize()
    }

    /// Whether two secrets are the same; it takes the same time wherever they differ.
    public func equals(_ other: Secret) -> Bool {
        guard count == other.count else { return false }
        var difference: UInt8 = 0
        for index in 0..<count {
            unsafe difference |= storage[index] ^ other.storage[index]
        }
        return difference == 0
    }

    /// Three asterisks.
    public var description: String { "***" }

    /// Three asterisks.
    public var debugDescription: String { "***" }

    /// Nothing.
    public var customMirror: Mirror { Mirror(self, children: []) }
}
