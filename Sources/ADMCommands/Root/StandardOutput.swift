import ADMModel
import ADMSystem
import Glibc
import Synchronization

/// Standard output, with the first error that writing to it met.
final class StandardOutput: Sendable {
    private let firstError = Atomic<Int32>(0)

    /// Writes a text; after an error nothing more is written.
    func write(_ text: String) { write(bytes: Array(text.utf8)) }

    /// The same for bytes.
    func write(bytes: [UInt8]) {
        guard firstError.load(ordering: .relaxed) == 0 else { return }
        do throws(Errno) { try StandardStream.output.write(bytes) } catch {
            firstError.store(error.code, ordering: .relaxed)
        }
    }

    /// Whether its reader has gone.
    var isClosed: Bool { firstError.load(ordering: .relaxed) == EPIPE }

    /// Whether everything could be written so far.
    var isUsable: Bool { firstError.load(ordering: .relaxed) == 0 }

    /// Sees that everything arrived.
    ///
    /// A reader that closes a pipe has seen enough, as `head` does; that is success.
    ///
    /// - Throws: ``Failure`` with `noSpace` or `storage`.
    func check() throws(Failure) {
        let code = firstError.load(ordering: .relaxed)
        guard code != 0, code != EPIPE else { return }
        throw Failure(Errno(code), "cannot write to standard output", of: .caller)
    }
}
