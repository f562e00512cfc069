import ADMModel

/// One JSON object whose members keep the order in which they were added.
struct JSONFields: Sendable {
    private var members: [String] = []

    init() {}

    /// The object as one line.
    var text: String { "{" + members.joined(separator: ",") + "}" }

    /// Adds a string, or null.
    mutating func add(_ key: String, _ value: String?) {
        append(key, value.map { JSONString.quoted($0) })
    }

    /// Adds a whole number, or null.
    mutating func add(_ key: String, _ value: Int64?) { append(key, value.map { "\($0)" }) }

    /// Adds a number with at most `places` decimal places (0–6), or null; numbers that JSON cannot
    /// write are null too.
    mutating func add(_ key: String, _ value: Double?, places: Int = 3) {
        guard let value, value.isFinite else { return append(key, nil) }
        let scale = [1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6][places]
        let rounded = abs(value) < 1e9 ? (value * scale).rounded() / scale : value.rounded()
        if rounded == rounded.rounded(), abs(rounded) < 1e15 {
            append(key, "\(Int64(rounded))")
        } else {
            append(key, "\(rounded)")
        }
    }

    /// Adds true or false.
    mutating func add(_ key: String, _ value: Bool) { append(key, value ? "true" : "false") }

    /// Adds an object, or null.
    mutating func add(_ key: String, _ value: JSONFields?) { append(key, value?.text) }

    private mutating func append(_ key: String, _ json: String?) {
        members.append("\(JSONString.quoted(key)):\(json ?? "null")")
    }
}
