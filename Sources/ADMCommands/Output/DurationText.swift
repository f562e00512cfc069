import ADMModel

/// Lengths of time the way people read them: `5ms`, `0.4s`, `12.3s`, `1m05s`, `2h14m`, `3d4h`.
enum DurationText {
    /// A time that was measured, in seconds, with tenths below a minute.
    static func elapsed(_ seconds: Double) -> String {
        guard seconds.isFinite, seconds > 0 else { return "0s" }
        if seconds < 0.0995 { return "\(max(1, Int(saturating: (seconds * 1000).rounded())))ms" }
        let tenths = min(seconds * 10, 1e9).rounded()
        if tenths < 600 { return "\(Int(tenths) / 10).\(Int(tenths) % 10)s" }
        return whole(seconds.rounded())
    }

    /// A time that is still to come, in seconds, rounded up to whole ones; at most six columns wide.
    static func remaining(_ seconds: Double) -> String {
        guard !seconds.isNaN, seconds > 0 else { return "0s" }
        return whole(seconds.rounded(.up))
    }

    private static func whole(_ seconds: Double) -> String {
        guard seconds < 86_400_000 else { return ">999d" }
        let total = Int(saturating: seconds)
        let (days, hours, minutes) = (total / 86_400, total / 3600 % 24, total / 60 % 60)
        if days >= 100 { return "\(days)d" }
        if days > 0 { return "\(days)d\(hours)h" }
        if hours > 0 { return "\(hours)h\(twoDigits(minutes))m" }
        if minutes > 0 { return "\(minutes)m\(twoDigits(total % 60))s" }
        return "\(total)s"
    }

    private static func twoDigits(_ number: Int) -> String {
        number < 10 ? "0\(number)" : "\(number)"
    }
}
