import CLibSecret
import Glibc

/// Attributes as the C shim takes them.
enum KeyringAttributes {
    struct Pair: Sendable {
        let name: String
        let value: String

        init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }

    /// Runs with copies that live as long as `body`.
    static func withC<R>(
        _ pairs: [Pair],
        _ body: (UnsafePointer<adm_keyring_attribute>?) -> R
    ) -> R {
        let texts = unsafe pairs.map { unsafe (strdup($0.name), strdup($0.value)) }
        defer {
            for unsafe(name, value) in unsafe texts {
                unsafe free(name)
                unsafe free(value)
            }
        }
        let attributes = unsafe texts.compactMap { pair -> adm_keyring_attribute? in
            guard let name = unsafe pair.0, let value = unsafe pair.1 else { return nil }
            return unsafe adm_keyring_attribute(name: name, value: value)
        }
        return unsafe attributes.withUnsafeBufferPointer { unsafe body($0.baseAddress) }
    }
}
