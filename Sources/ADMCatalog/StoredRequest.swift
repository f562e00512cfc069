import ADMModel

/// A request as it may lie on disk: without its secrets.
struct StoredRequest {
    /// The request without secret header fields and without a login in its proxy.
    let request: JobRequest
    /// The names of the header fields that were left out.
    let withheld: [String]
    /// Equal for two requests that would fetch the same thing to the same place.
    let uniqueKey: String

    init(_ original: JobRequest, directory: String) {
        var request = original
        request.headers = original.headers.filter { !$0.isSecret }
        // They have a table of their own: most reads of a job do not need them.
        request.pieces = nil
        request.settings.proxy = original.settings.proxy.map(StoredRequest.withoutUserInfo)
        self.request = request
        withheld = original.headers.filter(\.isSecret).map(\.name)
        // Name and value of a header field are told apart by the colon, which no name holds. A
        // path may hold a line feed, so the separator is escaped.
        let headers = request.headers.map { "\($0.canonicalName.canonical):\($0.value)" }.sorted()
        uniqueKey = ([request.url.string, directory, request.fileName ?? ""] + headers)
            .map(StoredRequest.escaped)
            .joined(separator: "\n")
    }

    /// The options of the request as JSON.
    var text: String {
        get throws {
            var options = StoredOptions()
            return try options.text(of: request)
        }
    }

    /// The names of the header fields that were left out, as JSON.
    var withheldText: String {
        get throws { withheld.isEmpty ? "[]" : try StoredJSON.text(withheld) }
    }

    private static func escaped(_ part: String) -> String {
        guard part.utf8.contains(where: { $0 == 0x0A || $0 == 0x5C }) else { return part }
        return part.replacing("\\", with: "\\\\").replacing("\n", with: "\\n")
    }

    /// A URL without its user name and password, any other text as it is.
    private static func withoutUserInfo(_ text: String) -> String {
        guard let scheme = text.firstRange(of: "://") else { return text }
        let rest = text[scheme.upperBound...]
        let authority = rest.prefix { !"/?#".contains($0) }
        guard let at = authority.lastIndex(of: "@") else { return text }
        return String(text[..<scheme.upperBound] + rest[rest.index(after: at)...])
    }
}
