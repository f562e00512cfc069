import ADMModel

/// One field of a document: its name, what it says and how it is written.
///
/// A document declares each field once, and the JSON, its schema and the page `docs/json.md` come from that.
package struct Field<Owner>: Sendable {
    /// What can be said of it without a document.
    let description: FieldDescription
    /// The name as JSON writes it, with the colon: on one line, and over several.
    let key: (line: String, pretty: String)
    /// Writes the value that a document has for it.
    let write: @Sendable (Owner, inout JSONWriter) -> Void

    /// Declares a field.
    ///
    /// - Parameters:
    ///   - name: Its name, in lower case with underscores.
    ///   - summary: What it says, with its unit, and when it is null; in sentences.
    ///   - value: The value that a document has for it.
    package init<Value: JSONWritable>(
        _ name: String,
        _ summary: String,
        _ value: @escaping @Sendable (Owner) -> Value
    ) {
        self.init(FieldDescription(name, summary, Value.shape), value)
    }

    /// Declares an older name of a field, which is printed for one more version.
    package init<Value: JSONWritable>(
        deprecated name: String,
        use replacement: String,
        _ value: @escaping @Sendable (Owner) -> Value
    ) {
        let summary = "Deprecated: use `\(replacement)`."
        self.init(FieldDescription(name, summary, Value.shape, replacement: replacement), value)
    }

    private init<Value: JSONWritable>(
        _ description: FieldDescription,
        _ value: @escaping @Sendable (Owner) -> Value
    ) {
        self.init(description) { owner, json in value(owner).write(to: &json) }
    }

    private init(
        _ description: FieldDescription,
        _ write: @escaping @Sendable (Owner, inout JSONWriter) -> Void
    ) {
        self.description = description
        self.write = write
        let name = JSONString.quoted(description.name)
        key = ("\(name):", "\(name) : ")
    }

    /// The same field of a document that has this one's owner as a part.
    package func of<Whole>(_ part: @escaping @Sendable (Whole) -> Owner) -> Field<Whole> {
        Field<Whole>(description) { [write] whole, json in write(part(whole), &json) }
    }
}

/// What can be said of a field without a document.
package struct FieldDescription: Sendable {
    /// Its name.
    package let name: String
    /// What it says.
    package let summary: String
    /// What it may be.
    package let shape: JSONShape
    /// The name that took its place; nil unless it is deprecated.
    package let replacement: String?
    /// Whether it has to be there.
    package let isRequired: Bool

    init(
        _ name: String,
        _ summary: String,
        _ shape: JSONShape,
        replacement: String? = nil,
        isRequired: Bool = true
    ) {
        self.name = name
        self.summary = summary
        self.shape = shape
        self.replacement = replacement
        self.isRequired = isRequired
    }
}
