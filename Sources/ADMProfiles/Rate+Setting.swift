import ADMModel

extension Rate {
    /// The limit as TOML writes it: a number, a string, or a list of tables for limits by time.
    var toml: String {
        guard !entries.isEmpty else { return Rate.toml(otherwise) }
        var tables = entries.map { entry in
            "{ hours = \"\(entry.hoursText)\", days = \"\(entry.daysText)\","
                + " rate = \(Rate.toml(entry.rate)) }"
        }
        if otherwise.bytes > 0 { tables.append("{ rate = \(Rate.toml(otherwise)) }") }
        return "[\(tables.joined(separator: ", "))]"
    }

    private static func toml(_ count: ByteCount) -> String {
        SettingValue.scaled(count).map { JSONString.quoted($0 + "/s") } ?? "\(count.bytes)"
    }

    /// Reads a list of tables with `hours`, `days` and `rate`; one with a rate alone is for all other
    /// times.
    ///
    /// - Throws: ``SettingProblem`` that names the table.
    init(tables: [TOMLNode]) throws(SettingProblem) {
        self = .unlimited
        for (index, node) in tables.enumerated() {
            do {
                try add(node)
            } catch {
                var problem = error
                problem.message = "has a wrong item \(index + 1): \(error.message)"
                problem.item = index
                throw problem
            }
        }
    }

    private mutating func add(_ node: TOMLNode) throws(SettingProblem) {
        let wanted = "{ hours = \"08:00-18:00\", days = \"mon-fri\", rate = \"2 MiB/s\" }"
        guard case .table(let members) = node else { throw .wrongType("a table \(wanted)", node) }
        var entry = Entry(rate: ByteCount(0))
        var hasTime = false
        for (key, value) in members {
            switch (key, value) {
            case ("hours", .string(let text)):
                guard let (from, to) = Rate.hours(text) else {
                    throw .badValue("hours such as \"08:00-18:00\"", SettingProblem.show(text))
                }
                (entry.from, entry.to) = (from, to)
                hasTime = true
            case ("days", .string(let text)):
                guard let days = Rate.days(text) else {
                    throw .badValue("days such as \"mon-fri\"", SettingProblem.show(text))
                }
                entry.days = days
                hasTime = true
            case ("rate", _): entry.rate = try Rate.one(value)
            case ("hours", _), ("days", _): throw .wrongType("a string", value)
            default:
                let near = NearestWord.to(key, in: ["hours", "days", "rate"])
                throw .badValue(
                    "a table \(wanted)",
                    "with \(SettingProblem.show(key))",
                    hint: near.map { "did you mean \($0)?" }
                )
            }
        }
        guard members.contains(where: { $0.key == "rate" }) else {
            throw .badValue("a table \(wanted)", "without a rate")
        }
        if hasTime { entries.append(entry) } else { otherwise = entry.rate }
    }

    private static func one(_ node: TOMLNode) throws(SettingProblem) -> ByteCount {
        guard case .rate(let rate) = try SettingKind.rate.read(node), rate.entries.isEmpty else {
            throw .wrongType("a whole number or a string", node)
        }
        return rate.otherwise
    }
}
