import ADMCatalog

/// Origins that asked to be left alone (`Retry-After`, RFC 9110 §10.2.3).
///
/// The job that was refused waits as long as it was asked to. The others, which the server may mean as
/// little as a stranger's, wait ten seconds at first and twice as long after each further refusal, two
/// minutes at most; then one job at a time tries, until one is answered.
extension LedgerState {
    /// How long others wait after a number of refusals in a row, in milliseconds.
    static func patience(after refusals: Int) -> Int64 {
        min(120_000, 10_000 << Int64(min(8, max(0, refusals - 1))))
    }

    /// An origin asked to be left alone; `asked` is in milliseconds.
    package mutating func leaveAlone(_ origin: String, for asked: Int64, now: Int64) {
        let end = now + min(86_400_000, max(0, asked))
        var entry = coolDowns[origin] ?? LedgerCoolDown(until: 0, asked: 0, refusals: 0)
        // Transfers that began at the same time are refused together.
        if entry.until <= now { entry.refusals = min(100, max(0, entry.refusals) + 1) }
        entry.asked = max(entry.asked, end)
        entry.until = max(entry.until, min(end, now + LedgerState.patience(after: entry.refusals)))
        coolDowns[origin] = entry
    }

    /// An origin answered, or somebody wants it to be asked.
    package mutating func endCoolDown(of origin: String) { coolDowns[origin] = nil }

    /// Forgets what is over.
    mutating func endCoolDowns(now: Int64) {
        coolDowns = coolDowns.filter { max($0.value.until, $0.value.asked) > now }
    }

    /// Whether nobody may ask an origin now.
    func isClosed(_ origin: String, now: Int64) -> Bool {
        coolDowns[origin].map { $0.until > now } ?? false
    }

    /// A job of the origin begins: if it was left alone, the others wait for what becomes of it.
    mutating func beginProbe(of origin: String, now: Int64) {
        guard let entry = coolDowns[origin] else { return }
        coolDowns[origin]?.until = now + LedgerState.patience(after: entry.refusals)
    }
}
