import ADMDocuments
import ADMModel

/// The description of the API (OpenAPI 3.1), made of its operations.
package enum OpenAPI {
    /// The description as JSON, with a line's end.
    package static var text: String { JSONValue.object(document).rendered() + "\n" }

    private static let schemas = ShapeSchema(place: "#/components/schemas/")

    private static var document: [(String, JSONValue)] {
        [
            ("openapi", .string("3.1.0")),
            (
                "info",
                .object([
                    ("title", .string("adm")),
                    (
                        "description",
                        .string("Download jobs of workspaces that share one budget of connections.")
                    ),
                    ("version", .string("1")),
                ])
            ),
            ("security", .array([.object([("token", .array([]))])])),
            ("paths", .object(paths)),
            (
                "components",
                .object([
                    ("schemas", .object(components)),
                    (
                        "securitySchemes",
                        .object([
                            (
                                "token",
                                .object([
                                    ("type", .string("http")), ("scheme", .string("bearer")),
                                    (
                                        "description",
                                        .string(
                                            "A token of `adm token create`. Over the Unix socket the user of"
                                                + " the daemon needs none."
                                        )
                                    ),
                                ])
                            )
                        ])
                    ),
                ])
            ),
        ]
    }

    // MARK: - Paths

    private static var paths: [(String, JSONValue)] {
        var order: [String] = []
        for operation in API.operations where !order.contains(operation.path) {
            order.append(operation.path)
        }
        return order.map { path in
            let here = API.operations.filter { $0.path == path }
            let methods = here.map {
                ($0.method.rawValue.lowercased(), JSONValue.object(self.operation($0)))
            }
            return (path, .object(methods))
        }
    }

    private static func operation(_ operation: Operation) -> [(String, JSONValue)] {
        var members: [(String, JSONValue)] = [
            ("operationId", .string(operation.name)), ("summary", .string(operation.summary)),
        ]
        if let scope = operation.needs {
            members.append(
                ("description", .string("Needs a token of the scope `\(scope.rawValue)`."))
            )
        } else {
            members.append(("security", .array([])))
        }
        let parameters =
            operation.placeholders.map(placeholder) + operation.parameters.map(parameter)
        if !parameters.isEmpty { members.append(("parameters", .array(parameters))) }
        if let body = operation.body {
            let content = JSONValue.object([(body.type, .object([("schema", schema(body.shape))]))])
            members.append(
                ("requestBody", .object([("required", .boolean(true)), ("content", content)]))
            )
        }
        members.append(("responses", .object(responses(operation))))
        return members
    }

    private static func placeholder(_ name: String) -> JSONValue {
        .object([
            ("name", .string(name)), ("in", .string("path")), ("required", .boolean(true)),
            ("schema", .object([("type", .string("string"))])),
        ])
    }

    private static func parameter(_ parameter: Operation.Parameter) -> JSONValue {
        let shape = parameter.isRepeated ? JSONShape.list(parameter.shape) : parameter.shape
        return .object([
            ("name", .string(parameter.name)), ("in", .string(parameter.place.rawValue)),
            ("description", .string(parameter.summary)),
            ("required", .boolean(parameter.isRequired)), ("schema", schema(shape)),
        ])
    }

    private static func responses(_ operation: Operation) -> [(String, JSONValue)] {
        var statuses: [Int] = []
        for answer in operation.answers where !statuses.contains(answer.status) {
            statuses.append(answer.status)
        }
        let good = statuses.map { status -> (String, JSONValue) in
            let answers = operation.answers.filter { $0.status == status }
            let summary = answers.map(\.summary).joined(separator: " Or: ")
            var members = [("description", JSONValue.string(summary))]
            let content = answers.filter { status != 204 || $0.shape != nil }.map { answer in
                (
                    answer.type,
                    JSONValue.object([("schema", answer.shape.map(schema) ?? .object([]))])
                )
            }
            if !content.isEmpty { members.append(("content", .object(content))) }
            return ("\(status)", .object(members))
        }
        let problem = JSONValue.object([
            ("description", .string("Why it failed.")),
            (
                "content",
                .object([
                    (
                        "application/problem+json",
                        .object([("schema", schema(APIProblemDocument.shape))])
                    )
                ])
            ),
        ])
        return good + [("default", problem)]
    }

    // MARK: - Schemas

    private static func schema(_ shape: JSONShape) -> JSONValue {
        .object(schemas.schema(of: shape))
    }

    private static var components: [(String, JSONValue)] {
        var shapes = [APIProblemDocument.shape]
        for operation in API.operations {
            if let body = operation.body { shapes.append(body.shape) }
            shapes += operation.answers.compactMap(\.shape)
        }
        return JSONShape.any(shapes).documents.sorted { $0.name < $1.name }.map { document in
            let isClosed = document.name == JobBody.description.name
            let head = [("description", JSONValue.string(document.summary))]
            return (
                document.name, .object(head + schemas.object(document, isClosed: isClosed))
            )
        }
    }
}
