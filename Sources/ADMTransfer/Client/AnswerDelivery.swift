import NIOCore
import NIOHTTP1

/// Hands the parts of one answer to its receiver, each after the one before was dealt with.
///
/// It belongs to the event loop of its connection. What has arrived is delivered before an error is told.
final class AnswerDelivery {
    /// What may come.
    enum Part {
        case head(HTTPResponseHead)
        case body(ByteBuffer)
        case end
    }

    private let task: RequestTask
    private let eventLoop: any EventLoop
    private var waiting = CircularBuffer<Part>()
    private var isBusy = false
    private var isOver = false
    private var failure: (any Error)?
    /// Called when more is wanted: everything before was dealt with.
    private let wantsMore: () -> Void
    /// Called once, when the answer is whole or has failed, before the caller is told.
    private let ended: ((any Error)?) -> Void

    /// Begins with nothing; both functions are called on the event loop.
    init(
        _ task: RequestTask,
        eventLoop: any EventLoop,
        wantsMore: @escaping () -> Void,
        ended: @escaping ((any Error)?) -> Void
    ) {
        self.task = task
        self.eventLoop = eventLoop
        self.wantsMore = wantsMore
        self.ended = ended
    }

    /// Whether the next part is wanted now.
    var isReady: Bool { !isBusy && !isOver && waiting.isEmpty }

    /// Takes the next part.
    func take(_ part: Part) {
        guard !isOver else { return }
        waiting.append(part)
        advance()
    }

    /// Nothing more will come; parts that wait are delivered first.
    func fail(_ error: any Error) {
        guard !isOver else { return }
        failure = failure ?? error
        advance()
    }

    /// Ends it at once, whatever waits.
    func cancel(_ error: any Error) { finish(error) }

    private func advance() {
        while !isBusy, !isOver {
            guard let part = waiting.popFirst() else {
                if let failure { finish(failure) }
                return
            }
            switch part {
            case .head(let head):
                wait(for: task.receiver.didReceiveHead(head, on: eventLoop))
                limitRedirect(head)
            case .body(let bytes): wait(for: task.receiver.didReceiveBody(bytes, on: eventLoop))
            case .end: finish(nil)
            }
        }
    }

    /// How long the body of a redirect is waited for, so that its connection can be used again.
    private static let redirectLimit = TimeAmount.milliseconds(250)

    /// Ends a redirect whose body does not come: where it leads is known.
    private func limitRedirect(_ head: HTTPResponseHead) {
        guard ResponseFacts.redirects.contains(Int(head.status.code)),
            head.headers.contains(name: "location")
        else { return }
        eventLoop.assumeIsolated().scheduleTask(in: AnswerDelivery.redirectLimit) { [weak self] in
            self?.cancel(BodyNotWanted())
        }
    }

    private func wait(for dealt: EventLoopFuture<Void>) {
        isBusy = true
        var isAtOnce = true
        dealt.assumeIsolated().whenComplete { result in
            self.isBusy = false
            switch result {
            case .failure(let error): self.finish(error)
            case .success:
                // The caller is in the middle of handing parts over, and continues by itself.
                guard !isAtOnce else { return }
                self.advance()
                if self.isReady { self.wantsMore() }
            }
        }
        isAtOnce = false
    }

    private func finish(_ error: (any Error)?) {
        guard !isOver else { return }
        isOver = true
        waiting.removeAll()
        ended(error)
        task.end(error.map { .failure($0) } ?? .success(()))
    }
}
