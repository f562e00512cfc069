public import Foundation

/// News for people: jobs wait because a server asked for it.
public struct CoolDownNotice: Sendable, Hashable {
    /// Scheme, host and port, as they are written in URLs.
    public var origin: String
    /// Until when the server wants to be left alone.
    public var asked: Date
    /// When adm asks again.
    public var until: Date

    /// Creates a wait.
    public init(origin: String, asked: Date, until: Date) {
        self.origin = origin
        self.asked = asked
        self.until = until
    }
}
