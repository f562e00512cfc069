import ADMModel
import NIOCore

/// The sending of one body as a value: what to do next, given the time.
struct ServedTransfer {
    /// What to do next.
    enum Action {
        /// Write these buffers, which hold this many body bytes.
        case write([ByteBuffer], bodyBytes: Int)
        /// Ask again at this time.
        case wait(until: NIODeadline)
        /// Be silent until ``ServedTransfer/release()``.
        case stall
        /// Everything is written; this follows when it is sent.
        case end(ResponsePlan.Ending)
    }

    private static let largestBlock = 131_072

    private let plan: ResponsePlan
    private var part = 0
    private var offsetInPart: Int64 = 0
    private var sent: Int64 = 0
    private var interruption: ResponsePlan.PlannedInterruption?
    private var isTerminated = false
    private var rate: Int?
    /// When the current rate began, and how much had been sent then.
    private var rateStart: NIODeadline
    private var rateBase: Int64 = 0

    /// Begins with the first byte of the body.
    init(_ plan: ResponsePlan, now: NIODeadline) {
        self.plan = plan
        interruption = plan.interruption
        rate = plan.bytesPerSecond
        rateStart = now
    }

    /// Ends a stall.
    mutating func release() {
        guard case .stall = interruption?.effect else { return }
        interruption = nil
    }

    /// The next step.
    mutating func next(now: NIODeadline) -> Action {
        if let interruption, sent >= interruption.offset {
            switch interruption.effect {
            case .cut: return .end(.cut)
            case .reset: return .end(.reset)
            case .stall: return .stall
            case .slow(let bytesPerSecond):
                self.interruption = nil
                rate = bytesPerSecond
                rateStart = now
                rateBase = sent
            }
        }
        while part < plan.parts.count, plan.parts[part].count == offsetInPart {
            part += 1
            offsetInPart = 0
        }
        guard part < plan.parts.count else {
            guard plan.isChunked, !isTerminated else { return .end(plan.ending) }
            isTerminated = true
            return .write([ByteBuffer(string: "0\r\n\r\n")], bodyBytes: 0)
        }
        if let due = nextDue(), due > now { return .wait(until: due) }
        return write()
    }

    /// When the next block is due under the rate, which is the time the bytes so far should take.
    private func nextDue() -> NIODeadline? {
        guard let rate else { return nil }
        let seconds = Double(sent - rateBase) / Double(max(1, rate))
        return rateStart + .nanoseconds(Int64(min(seconds * 1e9, 9e17)))
    }

    private mutating func write() -> Action {
        var limit = ServedTransfer.largestBlock
        if let rate { limit = min(limit, max(1, rate / 32)) }
        limit = Int(min(Int64(limit), plan.parts[part].count - offsetInPart))
        if let interruption { limit = Int(min(Int64(limit), interruption.offset - sent)) }
        let block = piece(limit: limit)
        let count = block.readableBytes
        offsetInPart += Int64(count)
        sent += Int64(count)
        guard plan.isChunked else { return .write([block], bodyBytes: count) }
        let size = ByteBuffer(string: String(count, radix: 16) + "\r\n")
        return .write([size, block, ByteBuffer(string: "\r\n")], bodyBytes: count)
    }

    private func piece(limit: Int) -> ByteBuffer {
        switch plan.parts[part] {
        case .literal(let bytes):
            let start = Int(offsetInPart)
            return ByteBuffer(bytes: bytes[start..<(start + limit)])
        case .pattern(let range):
            let offset = range.start + offsetInPart
            guard var block = plan.block?.slice(at: offset, limit: limit) else {
                return ByteBuffer(repeating: 0, count: limit)
            }
            if let wrong = plan.corruptByte, wrong >= offset,
                wrong < offset + Int64(block.readableBytes)
            {
                let index = block.readerIndex + Int(wrong - offset)
                let byte: UInt8 = block.getInteger(at: index) ?? 0
                block.setInteger(~byte, at: index)
            }
            return block
        }
    }
}
