package import ADMModel

/// JSON Schemas (draft 2020-12) of values; documents in them are named by a reference.
package struct ShapeSchema: Sendable {
    /// What stands before the name of a document: `#/$defs/`.
    private let place: String

    /// Takes what stands before the name of a document in a reference.
    package init(place: String) { self.place = place }

    /// The members of the schema of a document; with `isClosed` no further fields are allowed.
    package func object(
        _ document: DocumentDescription,
        isClosed: Bool = false
    ) -> [(String, JSONValue)] {
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

    /// The members of the schema of a value.
    package func schema(of shape: JSONShape) -> [(String, JSONValue)] {
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
            return [("$ref", .string(place + document.name))]
        case .any(let shapes):
            return [("anyOf", .array(shapes.map { .object(schema(of: $0)) }))]
        }
    }
}
