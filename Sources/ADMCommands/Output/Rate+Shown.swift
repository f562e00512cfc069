import ADMModel

extension Rate {
    /// The limit as people read it, for example `2 MiB/s 08:00-18:00 mon-fri, else no limit`.
    var shown: String {
        let text = { (rate: ByteCount) in rate.bytes > 0 ? "\(rate)/s" : "no limit" }
        guard !entries.isEmpty else { return text(otherwise) }
        let parts = entries.map { "\(text($0.rate)) \($0.hoursText) \($0.daysText)" }
        return (parts + ["else \(text(otherwise))"]).joined(separator: ", ")
    }
}
