import HTTPTypes

/// What a browser has to hear before it shows an answer to a page of another origin (Fetch Standard, section 3.2).
enum CrossOrigin {
    /// The answer to the question whether a page may ask at all.
    static var preflight: Reply {
        var reply = Reply()
        reply.fields = [
            ("Access-Control-Allow-Methods", "GET, HEAD, POST, PATCH, DELETE"),
            (
                "Access-Control-Allow-Headers",
                "Authorization, Content-Type, Idempotency-Key, If-Match, If-None-Match, Last-Event-ID"
            ),
            ("Access-Control-Max-Age", "600"),
        ]
        return reply
    }

    /// Lets a page of an origin see the answer.
    static func allow(_ origin: String, in headers: inout HTTPFields) {
        headers[.accessControlAllowOrigin] = origin
        headers[.vary] = "Origin"
        headers[.accessControlExposeHeaders] =
            "ETag, Link, Location, Retry-After, Idempotency-Replayed, X-Request-Id"
    }
}
