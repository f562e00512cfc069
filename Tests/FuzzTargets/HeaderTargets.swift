import ADMModel

@testable import ADMTransfer

/// Single fields of a server's answer.
let headerTargets = [
    FuzzTarget(text: "http-date") { text in
        guard let date = HTTPDate(parsing: text) else { return }
        // The years 1 to 9999, which is what four digits can say, to the leap second behind them.
        let end = 253_402_300_800.0
        try promise(
            (-62_135_596_800...end).contains(date.seconds),
            "the date is \(date.seconds) seconds after 1970"
        )
        guard date.seconds < end else { return }
        let text = fixdate(Int64(date.seconds))
        try promise(HTTPDate(parsing: text)?.seconds, is: date.seconds, text)
    },
    FuzzTarget(text: "content-range") { text in
        guard let field = ContentRange(parsing: text) else { return }
        if let total = field.total { try promise(total >= 0, "the length is \(total)") }
        let whole = field.total.map(String.init) ?? "*"
        guard let range = field.range else {
            try promise(field.total != nil, "neither range nor length is known")
            return try promise(ContentRange(parsing: "bytes */\(whole)"), is: field, whole)
        }
        try promise(
            range.start >= 0 && range.start < range.end && range.end <= field.total ?? .max,
            "\(range) of \(whole)"
        )
        let text = "bytes \(range.start)-\(range.end - 1)/\(whole)"
        try promise(ContentRange(parsing: text), is: field, text)
    },
    FuzzTarget(text: "repr-digest") { text in
        let digests = DigestField.parse(text)
        let order = digests.map {
            DigestAlgorithm.strongestFirst.firstIndex(of: $0.algorithm) ?? -1
        }
        try promise(order == Set(order).sorted(), "the order is \(order)")
        for digest in digests {
            try promise(digest.bytes.count, is: digest.algorithm.byteCount, "\(digest)")
        }
    },
    FuzzTarget(text: "link") { text in
        let base = try SourceURL("https://example.org/a/b?c")
        for url in LinkField.mirrors([text], base: base) {
            try promise(try? SourceURL(url.string), is: url, "a mirror")
        }
    },
    FuzzTarget(text: "digest-challenge") { text in
        guard let challenge = DigestChallenge.strongest(in: [text]) else { return }
        let url = try SourceURL("https://example.org/a?b")
        let user = Credential(kind: .digest, origin: url.origin, user: "al\"ice", store: .keyring)
        var answer = DigestAnswer(challenge, clientNonce: "0a1b2c3d")
        let value = answer.value(for: url, user: Grant(user, Secret("secret word")))
        try promise(!value.contains("secret word"), "the password is in the answer")
        // What comes back reads as what was asked, or the server cannot know its own nonce again.
        let echo = DigestChallenge.strongest(in: [value])
        try promise(echo?.realm, is: challenge.realm, "the realm")
        try promise(echo?.nonce, is: challenge.nonce, "the nonce")
        if !text.holdsControls { try promise(!value.holdsControls, "the answer breaks its line") }
    },
]

/// A time as HTTP writes it, in seconds since 1970 (RFC 9110 §5.6.7).
private func fixdate(_ seconds: Int64) -> String {
    let days = Int64((Double(seconds) / 86_400).rounded(.down))
    let second = seconds - days * 86_400
    // From days to a date of the Gregorian calendar whose years begin in March.
    let shifted = days + 719_468
    let era = Int64((Double(shifted) / 146_097).rounded(.down))
    let dayOfEra = shifted - era * 146_097
    let yearOfEra =
        (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let month = (5 * dayOfYear + 2) / 153
    let day = dayOfYear - (153 * month + 2) / 5 + 1
    let year = yearOfEra + era * 400 + (month > 9 ? 1 : 0)
    let names = [
        "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec", "Jan", "Feb",
    ]
    let weekdays = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
    let digits = { (number: Int64, width: Int) in
        let text = String(number)
        return String(repeating: "0", count: max(0, width - text.count)) + text
    }
    return "\(weekdays[Int((days % 7 + 7) % 7)]), \(digits(day, 2)) \(names[Int(month)])"
        + " \(digits(year, 4)) \(digits(second / 3600, 2)):\(digits(second / 60 % 60, 2))"
        + ":\(digits(second % 60, 2)) GMT"
}
