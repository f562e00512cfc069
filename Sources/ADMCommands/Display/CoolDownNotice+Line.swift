import ADMModel
import Foundation

extension CoolDownNotice {
    /// The line that tells people what is waited for.
    func line(now: Date = Date()) -> String {
        let again =
            asked.timeIntervalSince(until) > 1 ? "; adm asks again at \(clock(until, now))" : ""
        return Terminal.printable(
            "waiting: \(origin) asked to wait until \(clock(asked, now)) (Retry-After)\(again)"
        )
    }

    /// The time of day, with the date if it is not today, and with seconds if it is soon.
    private func clock(_ date: Date, _ now: Date) -> String {
        let (text, today) = (date.shown, now.shown)
        guard text.prefix(10) == today.prefix(10) else { return String(text.dropLast(3)) }
        let isSoon = date.timeIntervalSince(now) < 120
        return String(text.dropFirst(11).dropLast(isSoon ? 0 : 3))
    }
}
