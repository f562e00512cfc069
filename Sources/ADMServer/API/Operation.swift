import ADMDocuments
import ADMModel

/// One thing that the API does: where it is, what it takes, what it answers, and what is called for it.
///
/// The router, the OpenAPI document and the page of the API are made of the same table.
struct Operation: Sendable {
    /// The method of HTTP.
    let method: Method
    /// The path, with names in braces.
    let path: String
    /// Its name in the OpenAPI document.
    let name: String
    /// What it does, in a sentence.
    let summary: String
    /// What a caller must be allowed; nil for nothing.
    let needs: TokenScope?
    /// The parameters of the query and the header.
    let parameters: [Parameter]
    /// The body that it takes; nil for none.
    let body: RequestShape?
    /// What it answers if all is well, by status.
    let answers: [Answer]
    /// Does it.
    let run: @Sendable (Call) async throws -> Reply

    init(
        _ method: Method,
        _ path: String,
        _ name: String,
        _ summary: String,
        needs: TokenScope?,
        parameters: [Parameter] = [],
        body: RequestShape? = nil,
        answers: [Answer],
        run: @escaping @Sendable (Call) async throws -> Reply
    ) {
        self.method = method
        self.path = path
        self.name = name
        self.summary = summary
        self.needs = needs
        self.parameters = parameters
        self.body = body
        self.answers = answers
        self.run = run
    }

    /// A method of HTTP.
    enum Method: String, Sendable, Hashable {
        case get = "GET"
        case post = "POST"
        case patch = "PATCH"
        case delete = "DELETE"
    }

    /// A parameter of the query or a header field.
    struct Parameter: Sendable {
        /// Where it stands.
        enum Place: String, Sendable {
            case query, header
        }

        let name: String
        let place: Place
        let summary: String
        let shape: JSONShape
        let isRepeated: Bool
        let isRequired: Bool

        init(
            _ name: String,
            _ summary: String,
            _ shape: JSONShape,
            in place: Place = .query,
            isRepeated: Bool = false,
            isRequired: Bool = false
        ) {
            self.name = name
            self.place = place
            self.summary = summary
            self.shape = shape
            self.isRepeated = isRepeated
            self.isRequired = isRequired
        }
    }

    /// What a body may be.
    struct RequestShape: Sendable {
        let type: String
        let shape: JSONShape

        /// A JSON value.
        static func json(_ shape: JSONShape) -> RequestShape {
            RequestShape(type: "application/json", shape: shape)
        }
    }

    /// What is answered with a status.
    struct Answer: Sendable {
        let status: Int
        let summary: String
        let type: String
        let shape: JSONShape?

        init(
            _ status: Int,
            _ summary: String,
            _ shape: JSONShape? = nil,
            type: String = "application/json"
        ) {
            self.status = status
            self.summary = summary
            self.type = type
            self.shape = shape
        }
    }

    /// The names in braces.
    var placeholders: [String] {
        path.split(separator: "/").filter { $0.hasPrefix("{") }.map {
            String($0.dropFirst().dropLast())
        }
    }
}
