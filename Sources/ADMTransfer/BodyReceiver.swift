import ADMModel
import ADMSystem
import NIOConcurrencyHelpers
import NIOCore
import NIOHTTP1

/// What happens to the body of an answer.
package enum BodySink: Sendable {
    /// Written into a range of the part file.
    case fill(OpenRange)
    /// Kept in memory, as long as it is small.
    case collect(SmallBody)
    /// Read and forgotten, as the body of a redirect is.
    case discard
}

/// A body that is kept in memory up to a limit.
package final class SmallBody: Sendable {
    private let limit: Int
    private let bytes = NIOLockedValueBox<[UInt8]>([])

    /// Takes at most `limit` bytes.
    package init(limit: Int) { self.limit = limit }

    /// What arrived.
    package var content: [UInt8] { bytes.withLockedValue { $0 } }

    func add(_ part: ByteBufferView) throws(Failure) {
        let fits = bytes.withLockedValue { bytes in
            guard bytes.count + part.count <= limit else { return false }
            bytes.append(contentsOf: part)
            return true
        }
        guard fits else {
            throw Failure(.remoteProtocol, "the answer is longer than \(ByteCount(Int64(limit)))")
        }
    }
}

/// What the judge of an answer threw; the connection is not at fault.
struct Refused: Error {
    let reason: any Error
}

/// Ends a redirect whose body is longer than anybody needs; no failure.
struct BodyNotWanted: Error {}

/// Ends a request whose range was given to another connection; no failure.
struct RangeIsFull: Error {}

/// Takes the answer of one request on the event loop and writes its bytes where they belong.
///
/// The head is handed to `accept`, and no byte is read before that has answered. Each buffer is
/// written before the next is read, so memory stays at one buffer a connection.
final class BodyReceiver: Sendable {
    private let handle: ConnectionHandle
    private let limits: [RateLimit]
    private let accept: @Sendable (ResponseFacts) async throws -> BodySink
    private struct State {
        var facts: ResponseFacts?
        var sink = BodySink.discard
        var left = Int64.max
        var discarded = 0
        var lastPart = ContinuousClock.now
    }

    private let state = NIOLockedValueBox(State())

    private let judgement = NIOLockedValueBox<EventLoopFuture<Void>?>(nil)

    init(
        handle: ConnectionHandle,
        limits: [RateLimit],
        accept: @escaping @Sendable (ResponseFacts) async throws -> BodySink
    ) {
        self.handle = handle
        self.limits = limits
        self.accept = accept
    }

    /// Takes the head; the result comes when the answer was judged.
    func didReceiveHead(
        _ head: HTTPResponseHead,
        on eventLoop: any EventLoop
    ) -> EventLoopFuture<Void> {
        // While adm thinks about the answer, the server's silence means nothing.
        handle.pause()
        let facts = ResponseFacts(head)
        let accept = accept
        let state = state
        let handle = handle
        let judged = eventLoop.makePromise(of: Void.self)
        self.judgement.withLockedValue { $0 = judged.futureResult }
        // Outside of the caller's task, so that a cancelled run still finishes recording what it was told; awaited by
        // `waitForJudgement()` before the request returns.
        Task(executorPreference: TaskThread.shared) {
            do {
                let sink = facts.isRedirect ? .discard : try await accept(facts)
                state.withLockedValue { state in
                    state.facts = facts
                    state.sink = sink
                    state.left = facts.contentLength ?? Int64.max
                }
                handle.resume()
                judged.succeed()
            } catch { judged.fail(Refused(reason: error)) }
        }
        return judged.futureResult
    }

    /// Whether the head of an answer has arrived.
    var hasHead: Bool { judgement.withLockedValue { $0 != nil } }

    /// Waits until nobody judges the answer any more.
    func waitForJudgement() async {
        _ = try? await judgement.withLockedValue { $0 }?.get()
    }

    /// Takes bytes of the body; the result comes when they are where they belong.
    func didReceiveBody(
        _ buffer: ByteBuffer,
        on eventLoop: any EventLoop
    ) -> EventLoopFuture<Void> {
        handle.touch()
        let count = buffer.readableBytes
        let sink = state.withLockedValue { state in
            state.left -= Int64(count)
            if case .discard = state.sink { state.discarded += count }
            return state.sink
        }
        do {
            switch sink {
            case .discard:
                guard state.withLockedValue({ $0.discarded }) <= 65_536 else {
                    throw BodyNotWanted()
                }
            case .collect(let body): try body.add(buffer.readableBytesView)
            case .fill(let range):
                let written = try fill(range, buffer, eventLoop)
                return needsRest(after: count) ? rest(after: written, eventLoop) : written
            }
        } catch { return eventLoop.makeFailedFuture(error) }
        return eventLoop.makeSucceededVoidFuture()
    }

    /// How long reading rests, how little must have come for that, in bytes, and how soon after the part
    /// before.
    private static let pause = TimeAmount.milliseconds(2)
    private static let little = 16_384
    private static let soon = Duration.microseconds(500)

    /// Whether little by little comes from a far server, so that it pays to let more gather in the kernel: a
    /// read of little costs as much as one of much, and each is a write.
    private func needsRest(after count: Int) -> Bool {
        guard count < BodyReceiver.little, limits.allSatisfy({ $0.bytesPerSecond == 0 }),
            let time = handle.answeredAfter, time > .milliseconds(10)
        else { return false }
        let now = ContinuousClock.now
        return state.withLockedValue { state in
            defer { state.lastPart = now }
            return state.left > 0 && state.lastPart.duration(to: now) < BodyReceiver.soon
        }
    }

    private func rest(
        after written: EventLoopFuture<Void>,
        _ eventLoop: any EventLoop
    ) -> EventLoopFuture<Void> {
        written.flatMap {
            eventLoop.scheduleTask(in: BodyReceiver.pause) {
                self.state.withLockedValue { $0.lastPart = .now }
            }.futureResult
        }
    }

    /// Writes a buffer, under a limit slice by slice, each after the one before was paid for, so that
    /// a slow limit is kept within a second too.
    private func fill(
        _ range: OpenRange,
        _ buffer: ByteBuffer,
        _ eventLoop: any EventLoop
    ) throws -> EventLoopFuture<Void> {
        var rest = buffer
        while let slice = rest.readSlice(
            length: min(rest.readableBytes, limits.map(\.slice).min() ?? Int.max)
        ), slice.readableBytes > 0 {
            if range.isSlow { return fillLater(range, slice, rest, eventLoop) }
            let taken = try range.write(slice.readableBytesSpan)
            guard let debt = try wrote(taken, of: slice, rest, range) else { continue }
            return fill(range, rest, eventLoop, after: debt)
        }
        return eventLoop.makeSucceededVoidFuture()
    }

    /// Writes a slice on the thread of the file, because the disk would hold up the event loop.
    private func fillLater(
        _ range: OpenRange,
        _ slice: ByteBuffer,
        _ rest: ByteBuffer,
        _ eventLoop: any EventLoop
    ) -> EventLoopFuture<Void> {
        // While the disk is waited for, the server's silence means nothing.
        handle.pause()
        let promise = eventLoop.makePromise(of: Int.self)
        range.onDiskThread {
            promise.completeWith(Result { try range.write(slice.readableBytesSpan) })
        }
        return promise.futureResult.flatMap { taken in
            self.handle.resume()
            do {
                guard let debt = try self.wrote(taken, of: slice, rest, range) else {
                    return try self.fill(range, rest, eventLoop)
                }
                return self.fill(range, rest, eventLoop, after: debt)
            } catch { return eventLoop.makeFailedFuture(error) }
        }
    }

    /// Looks at what became of a slice.
    ///
    /// - Throws: `RangeIsFull` if more bytes come than belong to the range.
    /// - Returns: What has to be waited for before the next one, if a limit says so.
    private func wrote(
        _ taken: Int,
        of slice: ByteBuffer,
        _ rest: ByteBuffer,
        _ range: OpenRange
    ) throws -> RateDebt? {
        let left = state.withLockedValue(\.left) + Int64(rest.readableBytes)
        // More bytes would come than belong to the range: another connection has the rest.
        if taken < slice.readableBytes || (range.isFull && left > 0) { throw RangeIsFull() }
        return RateDebt(paying: limits, for: taken)
    }

    /// Waits step by step, so that the end of the request and another limit count at once.
    private func fill(
        _ range: OpenRange,
        _ rest: ByteBuffer,
        _ eventLoop: any EventLoop,
        after debt: RateDebt
    ) -> EventLoopFuture<Void> {
        let step = debt.step ?? .zero
        // Silence that a limit makes is intended.
        handle.touch(until: .now.advanced(by: step))
        return eventLoop.flatScheduleTask(in: .init(step)) {
            do {
                if let reason = self.handle.endReason { throw reason }
                guard debt.step == nil else {
                    return self.fill(range, rest, eventLoop, after: debt)
                }
                return try self.fill(range, rest, eventLoop)
            } catch {
                return eventLoop.makeFailedFuture(error)
            }
        }.futureResult
    }

    /// The head that arrived, if one did.
    var facts: ResponseFacts? { state.withLockedValue { $0.facts } }

    /// The head of an answer that is whole.
    ///
    /// - Throws: ``Failure`` if there was none.
    func answer() throws -> ResponseFacts {
        guard let facts else {
            throw Failure(.remoteProtocol, "the server sent no answer")
        }
        return facts
    }
}
