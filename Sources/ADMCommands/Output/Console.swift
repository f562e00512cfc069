import ADMModel
import Glibc
import Synchronization

/// Writes the data that a command was asked for to standard output.
///
/// A reader that has seen enough (`| head`) is no failure: what is written after it left goes nowhere,
/// and ``isOpen`` tells commands without an end that they may end. SIGPIPE must be ignored by the
/// process.
final class Console: Sendable {
    /// Standard output.
    static let standardOutput = Console(descriptor: STDOUT_FILENO)

    private let descriptor: Int32
    private let isTerminal: Bool
    private let isClosed = Atomic<Bool>(false)

    /// Writes to a descriptor, which stays open.
    init(descriptor: Int32) {
        self.descriptor = descriptor
        isTerminal = isatty(descriptor) == 1
    }

    /// Whether somebody may still read what is written.
    var isOpen: Bool { !isClosed.load(ordering: .relaxed) }

    /// Writes lines, in one write where the descriptor takes it.
    ///
    /// - Throws: ``Failure`` with `noSpace` or `storage` where the output cannot take them.
    func write(lines: [String]) throws(Failure) {
        try write(lines.reduce(into: "") { $0 += $1 + "\n" })
    }

    /// Writes one line.
    ///
    /// - Throws: ``Failure`` as ``write(lines:)``.
    func write(line: String) throws(Failure) { try write(line + "\n") }

    /// Writes a value as one JSON document over several lines.
    ///
    /// - Throws: ``Failure`` as ``write(lines:)`` and ``JSONText/line(_:)``.
    func write(json value: some Encodable) throws(Failure) {
        try write(line: try JSONText.pretty(value))
    }

    private func write(_ text: String) throws(Failure) {
        guard isOpen else { return }
        let code = StreamWrite.all(text, to: descriptor)
        switch code {
        case 0: return
        case EPIPE: isClosed.store(true, ordering: .relaxed)
        // The window was closed.
        case EIO where isTerminal: isClosed.store(true, ordering: .relaxed)
        case ENOSPC, EDQUOT:
            throw Failure(
                .noSpace,
                "cannot write to standard output: no space left",
                hint: "free some space or write elsewhere"
            )
        default:
            let reason = unsafe String(cString: strerror(code))
            throw Failure(.storage, "cannot write to standard output", cause: reason)
        }
    }
}
