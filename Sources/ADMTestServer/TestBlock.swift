import NIOCore

/// One period of a ``TestBody``, kept in memory so that bodies are sent without copying.
struct TestBlock: Sendable {
    /// What it was computed from.
    let body: TestBody
    private let period: ByteBuffer

    /// Computes the period of `body`, at most as much as the file needs.
    init(_ body: TestBody) {
        self.body = body
        var bytes = [UInt8](repeating: 0, count: Int(min(body.length, Int64(TestBody.period))))
        body.fill(&bytes, from: 0)
        period = ByteBuffer(bytes: bytes)
    }

    /// The bytes from `offset` on: at most `limit`, fewer if the pattern starts again.
    func slice(at offset: Int64, limit: Int) -> ByteBuffer {
        let start = Int(offset % Int64(TestBody.period))
        let count = min(limit, period.readableBytes - start)
        return period.getSlice(at: start, length: count) ?? ByteBuffer()
    }
}
