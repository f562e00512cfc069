import ADMModel

/// The JSON Schema (draft 2020-12) of a document.
struct DocumentSchema {
    private let title: String
    private let summary: String
    private let shape: JSONShape
    private let isClosed: Bool
    private let schemas = ShapeSchema(place: "#/$defs/")

    /// Describes a document.
    ///
    /// `isClosed` is for what adm accepts: a field that the schema does not know is refused there. What adm
    /// prints may get further fields in later versions.
    init(_ document: DocumentDescription, isClosed: Bool = false) {
        title = document.name
        summary = document.summary
        shape = .document(document)
        self.isClosed = isClosed
    }

    /// Describes something that is one of several documents.
    init(title: String, summary: String, _ shape: JSONShape) {
        self.title = title
        self.summary = summary
        self.shape = shape
        isClosed = false
    }

    /// The schema as text.
    var text: String {
        var members: [(String, JSONValue)] = [
            ("$schema", .string("https://json-schema.org/draft/2020-12/schema")),
            ("$id", .string("urn:adm:\(title):\(DocumentDescription.version)")),
            ("title", .string(title)), ("description", .string(summary)),
        ]
        var inner = shape.documents
        if case .document(let document) = shape {
            inner.removeFirst()
            members += schemas.object(document, isClosed: isClosed)
        } else {
            members += schemas.schema(of: shape)
        }
        if !inner.isEmpty {
            let definitions = inner.sorted { $0.name < $1.name }.map { document in
                let head = [("description", JSONValue.string(document.summary))]
                return (
                    document.name,
                    JSONValue.object(head + schemas.object(document, isClosed: isClosed))
                )
            }
            members.append(("$defs", .object(definitions)))
        }
        return JSONValue.object(members).rendered() + "\n"
    }
}
