import ADMModel

/// The JSON Schema (draft 2020-12) of a document.
struct DocumentSchema {
    private let title: String
    private let summary: String
    private let shape: JSONShape
    private let isClosed: Bool

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
            members += object(document)
        } else {
            members += schema(of: shape)
        }
        if !inner.isEmpty {
            let definitions = inner.sorted { $0.name < $1.name }.map { document in
                let head = [("description", JSONValue.string(document.summary))]
                return (document.name, JSONValue.object(head + object(document)))
            }
            members.append(("$defs", .object(definitions)))
        }
        return JSONValue.object(members).rendered() + "\n"
    }

    private func object(_ document: DocumentDescription) -> [(String, JSONValue)] {
        let properties = document.fields.map { field in
            var members = [("description", JSONValue.string(field.summary))]
            if field.replacement != nil { members.append(("deprecated", .boolean(true))) }
            return (field.name, JSONValue.object(members + schema(of: field.shape)))
        }
        let required = document.fields.filter(\.isRequired).map { JSONValue.string($0.name) }
        return [
            ("type", .string("object")), ("properties", .object(properties)),
            ("required", .array(required)), ("additionalProperties", .boolean(!isClosed)),
        ]
    }

    private func schema(of shape: JSONShape) -> [(String, JSONValue)] {
        switch shape {
        case .text(let format):
            return [("type", .string("string"))] + (format.map { [("format", .string($0))] } ?? [])
        case .words(let words): return [("enum", .array(words.map(JSONValue.string)))]
        case .integer(let range):
            return [("type", .string("integer"))]
                + (range.map {
                    [
                        ("minimum", .number(Int($0.lowerBound))),
                        ("maximum", .number(Int($0.upperBound))),
                    ]
                } ?? [])
        case .number: return [("type", .string("number"))]
        case .boolean: return [("type", .string("boolean"))]
        case .list(let item):
            return [("type", .string("array")), ("items", .object(schema(of: item)))]
        case .tuple(let item, let count):
            return [
                ("type", .string("array")), ("items", .object(schema(of: item))),
                ("minItems", .number(count)), ("maxItems", .number(count)),
            ]
        case .map(let value):
            return [
                ("type", .string("object")),
                ("additionalProperties", .object(schema(of: value))),
            ]
        case .nullable(let shape):
            let inner = schema(of: shape)
            if let (name, value) = inner.first, name == "type" {
                return [(name, .array([value, .string("null")]))] + inner.dropFirst()
            }
            let null = JSONValue.object([("type", .string("null"))])
            return [("anyOf", .array([.object(inner), null]))]
        case .document(let document):
            return [("$ref", .string("#/$defs/\(document.name)"))]
        case .any(let shapes):
            return [("anyOf", .array(shapes.map { .object(schema(of: $0)) }))]
        }
    }
}
