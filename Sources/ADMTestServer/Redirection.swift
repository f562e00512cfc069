/// How a file sends its clients elsewhere.
package struct Redirection: Sendable, Hashable {
    /// 301, 302, 303, 307, 308 or anything else.
    package var status: Int
    /// Where to.
    package var target: Target
    /// The host name written into an absolute `Location` to this server; nil writes the address.
    ///
    /// `localhost` makes another origin out of the same server.
    package var host: String?

    /// Where a redirect points.
    package enum Target: Sendable, Hashable {
        /// The absolute URL of a path of this server.
        case path(String)
        /// This text as it is: an absolute URL, a relative one, nonsense.
        case literal(String)
        /// The file itself, after this many redirects with a growing query.
        case hops(Int)
        /// The same URL again.
        case loop
        /// The same path with another query every time, without end.
        case endless
        /// The same path with a token.
        ///
        /// Without a valid token the file redirects to a fresh one; with a token that has served
        /// `requests` answers or `bytes` body bytes it says 403. Nil limits nothing.
        case signed(requests: Int? = nil, bytes: Int64? = nil)
        /// A redirect without `Location`.
        case missing
    }

    /// Creates a redirect.
    package init(_ target: Target, status: Int = 302, host: String? = nil) {
        self.target = target
        self.status = status
        self.host = host
    }
}
