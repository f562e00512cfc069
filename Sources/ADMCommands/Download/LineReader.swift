import ADMModel
import ADMSystem
import Dispatch
import Foundation
import Glibc

/// Reads lines of a file or of standard input as they come, without waiting for the end.
actor LineReader {
    /// The longest line that is taken, in bytes.
    static let longestLine = 65_536

    /// One line with its number, counted from 1; nil text if the line is longer than allowed.
    struct Line: Sendable, Hashable {
        let number: Int
        let text: String?
        /// Whether it is not UTF-8, and was read as ISO 8859-1.
        var isLatin1 = false
    }

    /// The open file; nil for standard input.
    private let file: Descriptor?
    private nonisolated let stream: StandardStream
    private let queue = DispatchQueue(label: "adm.lines")
    private var rest: [UInt8] = []
    private var isTooLong = false
    private var isAtEnd = false
    private var lineNumber = 0

    /// Opens a file; `-` is standard input.
    ///
    /// - Throws: ``Failure`` with `usage` if the file cannot be read.
    init(path: String) throws(Failure) {
        guard path != "-" else {
            file = nil
            stream = .input
            return
        }
        let opened: Descriptor
        do throws(Errno) {
            opened = try Descriptor.open(path, O_RDONLY)
            guard try opened.status().kind != .directory else { throw Errno(EISDIR) }
        } catch {
            throw Failure(
                .usage,
                "the list \(path) cannot be read",
                hint: "give a file with one URL a line, or - for standard input",
                cause: error.code == EISDIR ? "it is a directory" : error.text
            )
        }
        file = opened
        stream = StandardStream(opened.number)
    }

    /// All lines that can be had without waiting longer than for the next one.
    ///
    /// - Throws: `CancellationError`; ``Failure`` with `storage` if reading fails.
    /// - Returns: At least one line, or none at the end.
    func next() async throws -> [Line] {
        var lines: [Line] = []
        while lines.isEmpty, !isAtEnd {
            let bytes = try await read()
            guard !bytes.isEmpty else {
                isAtEnd = true
                if !rest.isEmpty || isTooLong { lines.append(take()) }
                break
            }
            var start = bytes.startIndex
            while let end = bytes[start...].firstIndex(of: 0x0A) {
                keep(bytes[start..<end])
                lines.append(take())
                start = end + 1
            }
            keep(bytes[start...])
        }
        return lines
    }

    /// Whether ``next()`` would not have to wait.
    var isReady: Bool {
        isAtEnd || stream.hasInput
    }

    private func keep(_ bytes: ArraySlice<UInt8>) {
        if rest.count + bytes.count > LineReader.longestLine {
            isTooLong = true
        } else {
            rest += bytes
        }
    }

    private func take() -> Line {
        lineNumber += 1
        defer {
            rest.removeAll(keepingCapacity: true)
            isTooLong = false
        }
        if isTooLong { return Line(number: lineNumber, text: nil) }
        var bytes = rest[...]
        if bytes.last == 0x0D { bytes.removeLast() }
        if lineNumber == 1, bytes.starts(with: [0xEF, 0xBB, 0xBF]) { bytes.removeFirst(3) }
        let text = ByteText(line: bytes)
        return Line(number: lineNumber, text: text.string, isLatin1: text.isLatin1)
    }

    /// Waits for bytes on a thread of its own, looking for cancellation twenty times a second.
    private func read() async throws -> [UInt8] {
        while true {
            try Task.checkCancellation()
            let step: [UInt8]? = try await withCheckedThrowingContinuation { continuation in
                queue.async { [stream] in
                    continuation.resume(with: Result { try LineReader.poll(stream) })
                }
            }
            if let step { return step }
        }
    }

    private static func poll(_ stream: StandardStream) throws(Failure) -> [UInt8]? {
        do {
            return try stream.read(limit: 65_536, within: 50)
        } catch {
            throw Failure(error, "the list of URLs cannot be read further", of: .caller)
        }
    }
}
