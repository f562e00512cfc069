import ADMDocuments
import ADMModel
import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdCore
import NIOCore

/// What a request is answered with.
struct Reply: Sendable {
    /// The status of HTTP.
    var status: Int
    /// Further header fields.
    var fields: [(name: String, value: String)] = []
    /// The field that names the request, as the log does.
    static let requestField = HTTPField.Name("X-Request-Id") ?? .server
    private let type: String?
    private let body: ResponseBody

    /// An answer without a body.
    init(status: Int = 204) {
        self.status = status
        type = nil
        body = ResponseBody()
    }

    /// An answer of text.
    init(status: Int = 200, type: String, text: String) {
        self.status = status
        self.type = type
        body = ResponseBody(byteBuffer: ByteBuffer(string: text))
    }

    /// A document, or several.
    init(_ value: some JSONWritable, status: Int = 200) {
        self.init(status: status, type: "application/json", text: JSONWriter.line(value) + "\n")
    }

    /// An answer that is written while it is worked out.
    init(
        status: Int = 200,
        type: String,
        writing: @escaping @Sendable @concurrent (inout any ResponseBodyWriter) async throws -> Void
    ) {
        self.status = status
        self.type = type
        body = ResponseBody { writer in
            try await writing(&writer)
            try await writer.finish(nil)
        }
    }

    /// The same for the server.
    func response(request: String) -> Response {
        var headers = HTTPFields()
        if let type { headers[.contentType] = type }
        headers[.cacheControl] = "no-store"
        headers[.date] = HTTPDate(Date()).text
        headers[.xContentTypeOptions] = "nosniff"
        headers[Reply.requestField] = request
        for field in fields {
            guard let name = HTTPField.Name(field.name) else { continue }
            headers.append(HTTPField(name: name, value: field.value))
        }
        if status == 204 || status == 304 {
            return Response(status: HTTPResponse.Status(code: status), headers: headers)
        }
        return Response(status: HTTPResponse.Status(code: status), headers: headers, body: body)
    }
}
