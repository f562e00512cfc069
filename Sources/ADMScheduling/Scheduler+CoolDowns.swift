import ADMCatalog
package import ADMModel
import ADMSystem
import Foundation

/// How jobs heed origins that want to be left alone, and how people learn that they wait.
extension Scheduler {
    /// The waits for servers that asked for it, each once, from now on.
    package func coolDownNotices() -> AsyncStream<CoolDownNotice> { notices.listen() }

    /// Ends their sequences.
    package func endNotices() { notices.finish() }

    /// An origin answered: whoever waits for it goes on.
    func answered(_ origin: SourceURL.Origin) async {
        let origin = origin.description
        guard decision.coolDowns.removeValue(forKey: origin) != nil else { return }
        await configuration.budget.noteAnswer(of: origin)
        ledger.owes = true
        requestPass()
    }

    /// Tells of the origins for which jobs that could begin have to wait.
    func noticeCoolDowns(of head: QueueHead?) {
        guard let head, !decision.coolDowns.isEmpty else { return }
        let now = (boot: BootClock.now, date: Date())
        for origin in Set(head.entries.map(\.origin)) {
            guard let entry = decision.coolDowns[origin], entry.until > now.boot else { continue }
            let date = { (time: Int64) in
                now.date.addingTimeInterval(Double(time - now.boot) / 1000)
            }
            notices.note(origin, asked: date(entry.asked), until: date(entry.until))
        }
    }
}

/// Who is told of waits, and what was told already.
struct CoolDownNotices: Sendable {
    private var told: [String: Date] = [:]
    private var listeners: [AsyncStream<CoolDownNotice>.Continuation] = []

    mutating func listen() -> AsyncStream<CoolDownNotice> {
        let (stream, continuation) = AsyncStream.makeStream(of: CoolDownNotice.self)
        listeners.append(continuation)
        return stream
    }

    mutating func finish() {
        for listener in listeners { listener.finish() }
        listeners = []
    }

    /// A job was refused and waits until `due` itself.
    mutating func note(_ coolDown: Budget.CoolDown, until due: Date) {
        note(coolDown.origin, asked: due, until: due)
    }

    /// Jobs wait; what was told already is not told again.
    mutating func note(_ origin: String, asked: Date, until: Date) {
        // A job that tries meanwhile moves the time by what it took.
        if let last = told[origin], asked.timeIntervalSince(last) < 5 { return }
        told[origin] = asked
        let notice = CoolDownNotice(origin: origin, asked: asked, until: until)
        listeners.removeAll { listener in
            if case .terminated = listener.yield(notice) { return true }
            return false
        }
    }
}
