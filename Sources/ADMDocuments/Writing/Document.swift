/// A JSON object that leaves adm, declared as a table of its fields.
///
/// Every field is always there; what is not known is null.
package protocol Document: JSONWritable {
    /// Its name, as the schema has it: `job`.
    static var name: String { get }
    /// What it is about, in a sentence.
    static var summary: String { get }
    /// Its fields in the order in which they are written.
    static var fields: [Field<Self>] { get }
}

extension Document {
    /// What can be said of such documents without one.
    package static var description: DocumentDescription {
        DocumentDescription(name: name, summary: summary, fields: fields.map(\.description))
    }

    /// An object with these fields.
    package static var shape: JSONShape { .document(description) }

    /// Writes the fields.
    package func write(to json: inout JSONWriter) { json.append(self, Self.fields) }
}

/// The name, purpose and fields of a kind of document.
package struct DocumentDescription: Sendable {
    /// The version of all documents: it changes when a field goes, or says something else.
    package static let version = 1

    /// Its name.
    package let name: String
    /// What it is about.
    package let summary: String
    /// Its fields.
    package let fields: [FieldDescription]
}
