import Glibc
import Testing

/// A terminal of the kernel (pty(7)) whose screen a test can read.
final class PseudoTerminal {
    /// The end that a program writes to.
    let descriptor: Int32
    private var screen: Int32

    init(columns: Int, rows: Int) throws {
        screen = unsafe open("/dev/ptmx", O_RDWR | O_NOCTTY)
        var isLocked: Int32 = 0
        var number: Int32 = -1
        // TIOCSPTLCK and TIOCGPTN of ioctl_tty(2), whose macros Swift does not import.
        try #require(unsafe ioctl(screen, 0x4004_5431, &isLocked) == 0)
        try #require(unsafe ioctl(screen, 0x8004_5430, &number) == 0)
        descriptor = unsafe open("/dev/pts/\(number)", O_RDWR | O_NOCTTY)
        try #require(descriptor >= 0)
        resize(columns: columns, rows: rows)
    }

    deinit {
        close(descriptor)
        closeScreen()
    }

    func resize(columns: Int, rows: Int) {
        var size = winsize(
            ws_row: UInt16(rows),
            ws_col: UInt16(columns),
            ws_xpixel: 0,
            ws_ypixel: 0
        )
        _ = unsafe ioctl(descriptor, UInt(TIOCSWINSZ), &size)
    }

    /// Closes the window, as a person does.
    func closeScreen() {
        if screen >= 0 { close(screen) }
        screen = -1
    }

    /// What was written since the last call, up to and including the first `end`.
    func read(until end: String) throws -> String {
        var bytes: [UInt8] = []
        while !bytes.ends(with: Array(end.utf8)) {
            var request = pollfd(fd: screen, events: Int16(POLLIN), revents: 0)
            let isReady = unsafe poll(&request, 1, 20_000) == 1
            try #require(isReady, "\(String(decoding: bytes, as: UTF8.self).debugDescription)")
            var byte: UInt8 = 0
            try #require(unsafe Glibc.read(screen, &byte, 1) == 1)
            bytes.append(byte)
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Whether nothing waits to be read.
    var isSilent: Bool {
        var request = pollfd(fd: screen, events: Int16(POLLIN), revents: 0)
        return unsafe poll(&request, 1, 0) == 0
    }
}

extension [UInt8] {
    fileprivate func ends(with end: [UInt8]) -> Bool { suffix(end.count).elementsEqual(end) }
}

/// Both ends of a pipe.
final class PipeEnds: @unchecked Sendable {
    private(set) var reading: Int32
    let writing: Int32

    init() throws {
        // A write to a closed pipe must be answered, not end the tests.
        _ = signal(SIGPIPE, SIG_IGN)
        var ends: [Int32] = [-1, -1]
        try #require(unsafe pipe(&ends) == 0)
        (reading, writing) = (ends[0], ends[1])
    }

    deinit {
        closeReading()
        close(writing)
    }

    func closeReading() {
        if reading >= 0 { close(reading) }
        reading = -1
    }

    /// What was written so far; at most 64 KiB.
    func text() -> String {
        var bytes = [UInt8](repeating: 0, count: 65_536)
        let count = unsafe read(reading, &bytes, bytes.count)
        return String(decoding: bytes.prefix(max(0, count)), as: UTF8.self)
    }
}
