import Dispatch
import Glibc
import Synchronization

/// Keys of a terminal, one by one, without waiting for the end of a line.
enum Key: Sendable, Hashable {
    case up
    case down
    case pageUp
    case pageDown
    case home
    case end
    case escape
    case character(Character)

    /// The keys that some bytes of a terminal stand for (ECMA-48, as xterm sends them).
    static func parse(_ bytes: [UInt8]) -> [Key] {
        var keys: [Key] = []
        var rest = bytes[...]
        while let byte = rest.first {
            if byte == 0x1B, let (key, length) = sequence(rest) {
                if let key { keys.append(key) }
                rest = rest.dropFirst(length)
            } else if byte == 0x1B {
                keys.append(.escape)
                rest = rest.dropFirst()
            } else {
                keys.append(.character(Character(UnicodeScalar(byte))))
                rest = rest.dropFirst()
            }
        }
        return keys
    }

    private static func sequence(_ bytes: ArraySlice<UInt8>) -> (Key?, Int)? {
        let bytes = Array(bytes)
        guard bytes.count >= 3, bytes[1] == 0x5B || bytes[1] == 0x4F else { return nil }
        guard let end = bytes[2...].firstIndex(where: { (0x40...0x7E).contains($0) }) else {
            return nil
        }
        let key: Key? =
            switch (bytes[end], bytes[2]) {
            case (0x41, _): .up
            case (0x42, _): .down
            case (0x48, _): .home
            case (0x46, _): .end
            case (0x7E, 0x35): .pageUp
            case (0x7E, 0x36): .pageDown
            default: nil
            }
        return (key, end + 1)
    }
}

/// A terminal whose keys come at once and are not shown; it is given back at the end.
final class KeyReader: Sendable {
    private let stops = Mutex(CursorGuard.stops)
    private let queue = DispatchQueue(label: "adm.keys")

    /// Takes the terminal on standard input; nil if there is none.
    init?() {
        guard TerminalMode.change(KeyReader.listen) else { return nil }
    }

    private static func listen(_ attributes: inout termios) {
        attributes.c_lflag &= ~tcflag_t(ICANON | ECHO)
        // Ctrl-Z and Ctrl-\ would leave the page on a terminal that somebody else uses.
        attributes.c_cc.10 = 0
        attributes.c_cc.9 = 0
        attributes.c_cc.6 = 0
        attributes.c_cc.5 = 0
    }

    /// Gives the terminal back.
    func end() { TerminalMode.end() }

    /// The keys that were pressed within a tenth of a second; nil at the end of the input.
    func next() async -> [Key]? {
        stops.withLock { stops in
            guard stops != CursorGuard.stops else { return }
            // The process was stopped and continues.
            stops = CursorGuard.stops
            _ = TerminalMode.change(KeyReader.listen)
        }
        return await withCheckedContinuation { (continuation: CheckedContinuation<[Key]?, Never>) in
            queue.async {
                var request = pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0)
                guard unsafe poll(&request, 1, 100) > 0 else {
                    return continuation.resume(returning: [])
                }
                var buffer = [UInt8](repeating: 0, count: 64)
                let count = unsafe read(STDIN_FILENO, &buffer, buffer.count)
                continuation.resume(
                    returning: count > 0 ? Key.parse(Array(buffer.prefix(count))) : nil
                )
            }
        }
    }
}
