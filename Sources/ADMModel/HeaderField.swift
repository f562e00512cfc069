/// One header field of a request (RFC 9110 §5).
public struct HeaderField: Sendable, Hashable, Codable {
    /// The name as written.
    public var name: String
    /// The value without surrounding white space.
    public var value: String
    /// Whether the person kept the value out of what others see, so that it is a secret whatever its name.
    public var isGivenInSecret = false
    /// Whether the value came in bytes that are not UTF-8, and is sent as them: one for each character; nil
    /// for UTF-8.
    public private(set) var isLatin1: Bool?

    // What was given in secret is never written down.
    private enum CodingKeys: String, CodingKey {
        case name, value
        case isLatin1 = "latin1"
    }

    /// Reads `Name: value`.
    ///
    /// - Throws: ``Failure`` with `usage`; the message names the field but never shows the value.
    public init(parsing text: String) throws(Failure) {
        guard let colon = text.firstIndex(of: ":") else {
            throw Failure(.usage, "a header field needs a colon", hint: "write 'Name: value'")
        }
        try self.init(
            name: String(text[..<colon]),
            value: String(text[text.index(after: colon)...])
        )
    }

    /// Takes a name and a value.
    ///
    /// - Throws: ``Failure`` with `usage` if the name is not a token, the value holds a control
    ///   character, or the field is one that adm sets itself.
    public init(name: String, value: String) throws(Failure) {
        let token = Set("!#$%&'*+-.^_`|~0123456789")
        guard !name.isEmpty, name.allSatisfy({ $0.isASCII && ($0.isLetter || token.contains($0)) })
        else { throw Failure(.usage, "\(name.debugDescription) is not a header field name") }
        let own: [Name] = [
            "range", "if-range", "host", "content-length", "transfer-encoding", "connection",
        ]
        guard !own.contains(Name(name)) else {
            throw Failure(.usage, "the header field \(name) is set by adm itself")
        }
        // Scalars, because a blank with a combining mark behind it is one character.
        let scalars = value.unicodeScalars
        let isBlank = { (scalar: Unicode.Scalar) in scalar == " " || scalar == "\t" }
        let start = scalars.firstIndex { !isBlank($0) } ?? scalars.endIndex
        let end = scalars.lastIndex { !isBlank($0) }.map(scalars.index(after:)) ?? start
        let trimmed = scalars[start..<end]
        guard
            trimmed.allSatisfy({ ($0.value >= 0x20 && $0.value != 0x7F) || $0 == "\t" })
        else { throw Failure(.usage, "the header field \(name) holds a control character") }
        self.name = name
        self.value = String(trimmed)
    }

    /// Reads a line of a file, whose bytes are sent as they are.
    ///
    /// - Throws: as ``init(parsing:)``.
    package init(_ line: ByteText) throws(Failure) {
        try self.init(parsing: line.string)
        if line.isLatin1 { keepLatin1() }
    }

    /// The value was read as ISO 8859-1, and is to be sent as such.
    package mutating func keepLatin1() {
        isLatin1 = value.utf8.allSatisfy { $0 < 0x80 } ? nil : true
    }

    /// The bytes of the value as they are sent; nil if they are those of its text.
    package var latin1Value: [UInt8]? {
        guard isLatin1 == true else { return nil }
        return value.unicodeScalars.map { UInt8(exactly: $0.value) ?? UInt8(ascii: "?") }
    }

    /// Takes a field that adm sets itself; name and value are known to be well formed.
    package init(own name: String, _ value: String) {
        self.name = name
        self.value = value
    }

    /// Whether the value may be a secret: it is then never stored and never printed.
    public var isSecret: Bool { isGivenInSecret || hasSecretName }

    /// Whether the name is that of a field that holds a secret, or sounds like it.
    public var hasSecretName: Bool {
        let lower = canonicalName.canonical
        if ["authorization", "proxy-authorization", "cookie", "cookie2"].contains(lower) {
            return true
        }
        return [
            "token", "secret", "key", "auth", "session", "password", "passwd", "credential",
            "signature",
        ]
        .contains { lower.contains($0) }
    }

    /// The fields of a request that has some of its own: each of `own` replaces those of `fields` with its name,
    /// compared without regard to case (RFC 9110 §5.1).
    package static func merged(_ fields: [HeaderField], own: [HeaderField]) -> [HeaderField] {
        guard !own.isEmpty else { return fields }
        let names = Set(own.map(\.canonicalName))
        return fields.filter { !names.contains($0.canonicalName) } + own
    }

    private static let safeElsewhere: Set<Name> = [
        "accept", "accept-language", "user-agent", "cache-control", "pragma",
    ]

    /// Whether the field may follow a redirect to another origin.
    public var isSafeElsewhere: Bool {
        !isSecret
            && HeaderField.safeElsewhere.contains(canonicalName)
    }
}
