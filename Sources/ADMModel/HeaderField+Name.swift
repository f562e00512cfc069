extension HeaderField {
    /// The name of a header field; names that differ only in case are equal (RFC 9110 §5.1).
    public struct Name: Sendable, Hashable, ExpressibleByStringLiteral {
        /// The name in lower case, as HTTP/2 sends it.
        public let canonical: String

        /// Creates a name from its spelling.
        public init(_ spelling: String) { canonical = spelling.lowercased() }

        /// Creates a name from a literal.
        public init(stringLiteral spelling: String) { self.init(spelling) }
    }

    /// The name as it is compared with others.
    public var canonicalName: Name { Name(name) }
}
