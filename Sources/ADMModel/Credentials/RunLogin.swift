/// A user name and password for one run, and for the one server that they go to.
public struct RunLogin: Sendable {
    private let user: String
    private let secret: Secret
    private var origin: SourceURL.Origin?

    /// Takes the user name and the password.
    public init(user: String, secret: Secret) {
        self.user = user
        self.secret = secret
    }

    /// The login for a server; nil if it was asked for before.
    ///
    /// - Throws: ``Failure`` with `usage` for another server than the first: nobody said that it may see the
    ///   password.
    public mutating func login(for wanted: SourceURL.Origin) throws(Failure) -> Login? {
        guard origin != wanted else { return nil }
        guard origin == nil else {
            throw RunLogin.severalServers([origin, wanted].compactMap(\.self))
        }
        origin = wanted
        let credential = Credential(kind: .basic, origin: wanted, user: user, store: .environment)
        return Login(credential, secret: secret)
    }

    /// Checks that a login for these requests would go to one server, before anything is sent.
    ///
    /// - Throws: ``Failure`` with `usage` that names the servers if there are several.
    public static func check(_ requests: [JobRequest]) throws(Failure) {
        let origins = Set(requests.map(\.url.origin))
        guard origins.count <= 1 else { throw severalServers(Array(origins)) }
    }

    private static func severalServers(_ origins: [SourceURL.Origin]) -> Failure {
        let names = origins.map(\.description).sorted().joined(separator: ", ")
        return Failure(
            .usage,
            "the password of --user would go to several servers: \(names)",
            hint:
                "fetch from each with a command of its own, or keep the passwords with adm auth login"
        )
    }
}
