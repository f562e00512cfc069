import ADMModel
import Synchronization

/// The options that were written or read last, with their text.
private let last = Mutex<(options: JobRequest?, text: String)>((nil, ""))

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
        let headers = request.headers.map { "\($0.name.lowercased()):\($0.value)" }.sorted()
        uniqueKey = ([request.url.string, directory, request.fileName ?? ""] + headers)
            .map(StoredRequest.escaped)
            .joined(separator: "\n")
    }

    /// The options of the request as JSON; `{}` for one without any.
    ///
    /// URL and priority have columns of their own, so the jobs of one list mostly have equal options.
    var text: String {
        get throws {
            guard let blank = StoredRequest.blank else { return try StoredJSON.text(request) }
            var options = request
            options.url = blank.url
            options.priority = blank.priority
            if options == blank { return "{}" }
            if let text = last.withLock({ $0.options == options ? $0.text : nil }) { return text }
            let text = try StoredJSON.text(options)
            last.withLock { $0 = (options, text) }
            return text
        }
    }

    /// Reads ``text`` back, with the URL and the priority of the row.
    static func request(_ text: String, url: SourceURL, priority: Int) throws -> JobRequest {
        guard text != "{}" else { return JobRequest(url: url, priority: priority) }
        var request: JobRequest
        if let options = last.withLock({ $0.text == text ? $0.options : nil }) {
            request = options
        } else {
            request = try StoredJSON.value(text)
            last.withLock { [request] in $0 = (request, text) }
        }
        request.url = url
        request.priority = priority
        return request
    }

    /// A request without options, with a URL that stands for any.
    private static let blank = (try? SourceURL("https://localhost/")).map { JobRequest(url: $0) }

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
