import ADMModel

/// Writes and reads the options of requests as JSON; those of many jobs are mostly equal, so it remembers
/// the last ones.
///
/// The URL and the priority have columns of their own. Earlier versions want both in the text, so it always
/// holds the same ones.
struct StoredOptions {
    private var last: (options: JobRequest, text: String)?

    /// The options of a request; `{}` for one without any.
    mutating func text(of request: JobRequest) throws -> String {
        guard let blank = StoredOptions.blank else { return try StoredJSON.text(request) }
        var options = request
        options.url = blank.url
        options.priority = blank.priority
        if options == blank { return "{}" }
        if let last, last.options == options { return last.text }
        let text = try StoredJSON.text(options)
        last = (options, text)
        return text
    }

    /// Reads a text back, with the URL and the priority of the row.
    mutating func request(_ text: String, url: SourceURL, priority: Int) throws -> JobRequest {
        guard text != "{}" else { return JobRequest(url: url, priority: priority) }
        var request: JobRequest
        if let last, last.text == text {
            request = last.options
        } else {
            request = try StoredJSON.value(text)
            last = (request, text)
        }
        request.url = url
        request.priority = priority
        return request
    }

    /// What stands in the text of every job for its URL and its priority.
    private static let blank = (try? SourceURL("https://localhost/")).map { JobRequest(url: $0) }
}
