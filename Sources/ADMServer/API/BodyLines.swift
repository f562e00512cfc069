import ADMModel
import HummingbirdCore
import NIOCore

/// The lines of a body, as they come.
struct BodyLines {
    /// The longest line that is taken, in bytes.
    static let longestLine = 65_536
    /// The longest body that is taken, in bytes.
    static let longestBody = 33_554_432

    private let channel: any Channel
    private var parts: RequestBody.AsyncIterator
    private var rest: [UInt8] = []
    private var isTooLong = false
    private var isAtEnd = false
    private var number = 0
    private var length = 0

    /// Takes a body that nobody has read, and the connection that it comes from.
    init(_ body: RequestBody, _ channel: any Channel) {
        self.channel = channel
        parts = body.makeAsyncIterator()
    }

    /// The next lines, as many as have come, at most about `count`; nil at the end.
    ///
    /// Empty lines are left out; the text is nil for a line that is too long or is not UTF-8.
    ///
    /// - Throws: ``Problem`` with `tooLarge` for a body that is longer than ``longestBody``.
    @concurrent
    mutating func next(_ count: Int) async throws -> [(number: Int, text: String?)]? {
        var lines: [(number: Int, text: String?)] = []
        while !isAtEnd, lines.count < count {
            let deadline = BodyDeadline(channel)
            let next = try await parts.next()
            deadline.met()
            guard let part = next else {
                isAtEnd = true
                if !rest.isEmpty || isTooLong { take(&lines) }
                break
            }
            length += part.readableBytes
            guard length <= BodyLines.longestBody else {
                throw Problem(
                    .tooLarge,
                    "the body is longer than \(ByteCount(Int64(BodyLines.longestBody)))"
                )
            }
            for byte in part.readableBytesView {
                if byte == 0x0A {
                    take(&lines)
                } else if rest.count < BodyLines.longestLine {
                    rest.append(byte)
                } else {
                    isTooLong = true
                }
            }
        }
        return lines.isEmpty && isAtEnd ? nil : lines
    }

    private mutating func take(_ lines: inout [(number: Int, text: String?)]) {
        number += 1
        if rest.last == 0x0D { rest.removeLast() }
        defer {
            rest.removeAll(keepingCapacity: true)
            isTooLong = false
        }
        guard !rest.isEmpty || isTooLong else { return }
        lines.append((number, isTooLong ? nil : String(validating: rest, as: UTF8.self)))
    }
}
