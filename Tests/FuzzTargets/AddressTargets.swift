import ADMModel
import Foundation

/// URLs, and where they lead.
let addressTargets = [
    FuzzTarget(text: "url") { text in
        guard let url = try? SourceURL(text) else { return }
        try expectKept(url)
    },
    FuzzTarget(text: "location") { text in
        let (first, rest) = text.firstLineAndRest
        let base = try? SourceURL(rest.isEmpty ? "https://example.org/a/b/c?d=e" : rest)
        guard let url = try? base?.resolving(location: first) else { return }
        try expectKept(url)
    },
    FuzzTarget(text: "url-login") { text in
        guard let (plain, login) = try? URLLogin.take(from: text, into: .keyring) else { return }
        let url = try SourceURL(plain)
        try expectKept(url)
        try promise(login.credential.origin, is: url.origin, "the server of the login")
        let scope = login.credential.scope
        try promise(try? CredentialScope.parse(scope), is: scope, "the scope")
        // What a server may take for a way out of its directory is not sent there.
        let leaves = url.path.lowercased().contains("%2e") || url.path.contains("..")
        try promise(login.credential.covers(url) || leaves, "the login is for another URL")
        try expectHidden(in: SourceURL.redact(text))
    },
    FuzzTarget(text: "login-target") { text in
        for isProxy in [false, true] {
            guard let (origin, scope) = try? LoginTarget.parse(text, isProxy: isProxy) else {
                continue
            }
            try promise(try? CredentialScope.parse(scope), is: scope, "the scope")
            try promise(!origin.host.isEmpty, "the host is empty")
            try promise((1...65_535).contains(origin.port), "the port is \(origin.port)")
        }
    },
    FuzzTarget(text: "proxy") { text in
        guard let origin = ProxyAddress.origin(of: text) else { return }
        try promise(!origin.host.isEmpty, "the host is empty")
        guard let login = ProxyAddress.login(in: text, origin) else { return }
        try promise(
            !login.basicToken.unicodeScalars.contains { $0.value < 0x21 || $0.value > 0x7E },
            "the login breaks its line"
        )
        try expectHidden(in: ProxyAddress.withoutLogin(text))
    },
]

/// Sees that a URL that was accepted is the same when it is read back, alone and as JSON.
func expectKept(_ url: SourceURL) throws(BrokenPromise) {
    let shown = url.string.debugDescription
    try promise(try? SourceURL(url.string), is: url, "\(shown) read again")
    let data = try? JSONEncoder().encode([url])
    let decoded = data.flatMap { try? JSONDecoder().decode([SourceURL].self, from: $0).first }
    try promise(decoded, is: url, "\(shown) from JSON")
    try promise(
        url.string.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F },
        "\(shown) holds what may not stand in a request"
    )
    try promise(["http", "https"].contains(url.origin.scheme), "the scheme of \(shown)")
    try promise(!url.origin.host.isEmpty, "\(shown) has no host")
    try promise((1...65_535).contains(url.origin.port), "\(shown) has the port \(url.origin.port)")
    try promise(url.path.hasPrefix("/"), "the path of \(shown) is \(url.path.debugDescription)")
    try promise(url.string.hasPrefix(url.origin.description + url.path), "\(shown) is put together")
    try promise(URL(string: url.string) != nil, "Foundation does not take \(shown)")
}

/// Sees that there is no user name and no password in a URL that is shown.
private func expectHidden(in shown: String) throws(BrokenPromise) {
    let start = shown.firstRange(of: "://")?.upperBound ?? shown.startIndex
    let authority = shown[start...].prefix { !"/?#".contains($0) }
    // Slashes of either kind may stand in front of it.
    let login = authority.lastIndex(of: "@").map { authority[..<$0].drop { $0 == "\\" } }
    try promise(login == nil || login == "***", "the login is shown in \(authority)")
}
