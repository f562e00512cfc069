import ADMModel
import CADMSystem
import Foundation
import Glibc

/// How a secret comes in: typed without being shown, or on standard input.
enum SecretInput {
    /// Everything up to the end of standard input; one line feed at its end is left out.
    ///
    /// - Throws: ``Failure`` with `usage` where it is empty or longer than a secret may be.
    static func standardInput() throws(Failure) -> Secret {
        adm_conceal_memory()
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
    /// - Throws: ``Failure`` with `interrupted` after Ctrl-C or Ctrl-D, `usage` where it is empty.
    static func ask(_ question: String) throws(Failure) -> Secret {
        let typed = try read(question)
        guard !typed.isEmpty else { throw Failure(.usage, "the secret is empty") }
        return Secret(typed)
    }

    /// The same; an empty line is an answer too.
    static func askOptional(_ question: String) throws(Failure) -> Secret? {
        let typed = try read(question)
        return typed.isEmpty ? nil : Secret(typed)
    }

    private static func read(_ question: String) throws(Failure) -> [UInt8] {
        var before = termios()
        guard unsafe tcgetattr(STDIN_FILENO, &before) == 0 else {
            throw Failure(
                .usage,
                "there is no terminal to ask on",
                hint: "give the secret on standard input"
            )
        }
        var silent = before
        // Signals are taken as characters, so that the terminal is always given back.
        silent.c_lflag &= ~tcflag_t(ECHO | ICANON | ISIG)
        _ = unsafe tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent)
        _ = StreamWrite.all(question, to: STDERR_FILENO)
        adm_conceal_memory()
        defer {
            _ = unsafe tcsetattr(STDIN_FILENO, TCSAFLUSH, &before)
            _ = StreamWrite.all("\n", to: STDERR_FILENO)
        }
        var line: [UInt8] = []
        while true {
            var byte: UInt8 = 0
            let count = unsafe Glibc.read(STDIN_FILENO, &byte, 1)
            if count < 0, errno == EINTR { continue }
            guard count == 1 else { throw Failure(.interrupted, "nothing was saved") }
            switch byte {
            case 0x0A, 0x0D: return line
            case 0x03, 0x1C: throw Failure(.interrupted, "nothing was saved")
            case 0x04: if line.isEmpty { throw Failure(.interrupted, "nothing was saved") }
            case 0x15: line = []
            case 0x7F, 0x08:
                while let last = line.popLast(), last & 0xC0 == 0x80 {}
            default:
                if line.count < Secret.maximumCount { line.append(byte) }
            }
        }
    }
}
