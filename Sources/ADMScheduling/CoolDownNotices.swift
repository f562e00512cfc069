import ADMCatalog
import ADMModel
import ADMSystem
import Foundation

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
        // A job that tries in the meantime moves the time by what its attempt took.
        if let last = told[origin], asked.timeIntervalSince(last) < 5 { return }
        told[origin] = asked
        let notice = CoolDownNotice(origin: origin, asked: asked, until: until)
        listeners.removeAll { listener in
            if case .terminated = listener.yield(notice) { return true }
            return false
        }
    }

    /// Jobs that could begin wait for these origins.
    mutating func note(_ origins: [String], in coolDowns: [String: LedgerCoolDown]) {
        let now = (boot: BootClock.now, date: Date())
        for origin in origins {
            guard let entry = coolDowns[origin], entry.until > now.boot else { continue }
            let date = { (time: Int64) in
                now.date.addingTimeInterval(Double(time - now.boot) / 1000)
            }
            note(origin, asked: date(entry.asked), until: date(entry.until))
        }
    }
}
