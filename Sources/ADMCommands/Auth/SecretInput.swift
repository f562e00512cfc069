import ADMModel
import ADMSystem
import Dispatch
import Foundation
import Glibc
import Synchronization

/// How a secret comes in: typed without being shown, or on standard input.
enum SecretInput {
    /// Everything up to the end of standard input; one line feed at its end is left out.
    ///
    /// - Throws: ``Failure`` with `usage` if it is empty or longer than a secret may be.
    static func standardInput() throws(Failure) -> Secret {
        OwnProcess.concealMemory()
        let limit = Secret.maximumCount + 2
        var bytes = Array((try? FileHandle.standardInput.read(upToCount: limit)) ?? Data())
        if bytes.last == 0x0A { bytes.removeLast() }
        if bytes.last == 0x0D { bytes.removeLast() }
        guard bytes.count <= Secret.maximumCount else {
            throw Failure(.usage, "the secret is longer than \(Secret.maximumCount) bytes")
        }
        guard !bytes.isEmpty else {
            throw Failure(.usage, "there is no secret on standard input")
        }
        return Secret(bytes)
    }

    /// Asks on the terminal; what is typed is not shown.
    ///
    /// Signals do what they always do, such as ending the process, after the terminal was given back.
    ///
    /// - Throws: ``Failure`` with `interrupted` after Ctrl-D, `usage` if it is empty.
    static func ask(_ question: String) throws(Failure) -> Secret {
        let typed = try read(question) { false }
        guard !typed.isEmpty else { throw Failure(.usage, "the secret is empty") }
        return Secret(typed)
    }

    /// The same beside other work, until the task is cancelled; nil for an empty line.
    ///
    /// - Throws: ``Failure`` with `interrupted` after Ctrl-D and after cancellation.
    static func askBeside(_ question: String) async throws(Failure) -> Secret? {
        let isCancelled = Flag()
        // The threads of tasks must not wait for a person.
        let queue = DispatchQueue(label: "adm.question")
        let typed: Result<[UInt8], Failure> = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                queue.async {
                    continuation.resume(
                        returning: Result { () throws(Failure) in
                            try read(question) { isCancelled.value.load(ordering: .relaxed) }
                        }
                    )
                }
            }
        } onCancel: {
            isCancelled.value.store(true, ordering: .relaxed)
        }
        let bytes = try typed.get()
        return bytes.isEmpty ? nil : Secret(bytes)
    }

    private final class Flag: Sendable { let value = Atomic<Bool>(false) }

    private static func read(
        _ question: String,
        until isCancelled: () -> Bool
    ) throws(Failure) -> [UInt8] {
        guard TerminalMode.change(silence) else {
            throw Failure(
                .usage,
                "there is no terminal to ask on",
                hint: "give the secret on standard input"
            )
        }
        defer {
            TerminalMode.end()
            try? StandardStream.error.write("\n")
        }
        try? StandardStream.error.write(question)
        OwnProcess.concealMemory()
        var stops = CursorGuard.stops
        var line: [UInt8] = []
        while !isCancelled() {
            if stops != CursorGuard.stops {
                // The process was stopped and continues; nobody knows what was typed until then.
                stops = CursorGuard.stops
                line = []
                _ = TerminalMode.change(silence)
                try? StandardStream.error.write(question)
            }
            guard let byte = try next() else { continue }
            switch byte {
            case 0x0A, 0x0D: return line
            case 0x04: if line.isEmpty { throw Failure(.interrupted, "nothing was saved") }
            case 0x15: line = []
            case 0x7F, 0x08:
                while let last = line.popLast(), last & 0xC0 == 0x80 {}
            default:
                if line.count < Secret.maximumCount { line.append(byte) }
            }
        }
        throw Failure(.interrupted, "nothing was saved")
    }

    private static func silence(_ attributes: inout termios) {
        attributes.c_lflag &= ~tcflag_t(ECHO | ICANON)
    }

    /// The next byte; nil if none came within a tenth of a second.
    private static func next() throws(Failure) -> UInt8? {
        let typed: [UInt8]?
        do throws(Errno) { typed = try StandardStream.input.read(limit: 1, within: 100) } catch {
            throw Failure(.interrupted, "nothing was saved")
        }
        guard let typed else { return nil }
        guard let byte = typed.first else { throw Failure(.interrupted, "nothing was saved") }
        return byte
    }
}
