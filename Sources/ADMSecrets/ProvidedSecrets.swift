import ADMModel
import ADMSystem
import Foundation

/// Secrets that were given to the process: by systemd as files, or as variables.
///
/// Each names the server that it is for. The text is `basic USER:PASSWORD`, `digest USER:PASSWORD`,
/// `bearer TOKEN`, `header NAME: VALUE` or `cookie NAME=VALUE`.
struct ProvidedSecrets: SecretStore {
    private let environment: [String: String]

    init(environment: [String: String]) { self.environment = environment }

    func read(_ credential: Credential) async throws(Failure) -> Secret? {
        try grant(from: credential.store, for: credential.origin)?.secret
    }

    /// What there is for a server; nil for nothing.
    ///
    /// - Throws: ``Failure`` with `configuration` if the text cannot be understood; with
    ///   `credentialStore` if the file cannot be read.
    func grant(
        from store: CredentialStore,
        for origin: SourceURL.Origin
    ) throws(Failure) -> Grant? {
        let place: String
        let found: String?
        switch store {
        case .environment:
            guard let name = ProvidedSecrets.variable(for: origin) else { return nil }
            place = name
            found = environment[place].flatMap { $0.isEmpty ? nil : $0 }
        case .systemd:
            guard let directory = environment["CREDENTIALS_DIRECTORY"], !directory.isEmpty else {
                return nil
            }
            place = "\(directory)/\(ProvidedSecrets.fileName(for: origin))"
            found = try text(of: place)
        default: return nil
        }
        guard let found else { return nil }
        OwnProcess.concealMemory()
        return try ProvidedSecrets.parse(found, place: place, store: store, origin: origin)
    }

    /// `ADM_CREDENTIAL_` with the host in capitals, a dot as one underscore and a hyphen as two, then the
    /// port if it is not the usual one; `ADM_HTTP_CREDENTIAL_` for a server without TLS.
    ///
    /// Two servers never have the same name; nil for those that have none: an IPv6 address, and a name
    /// without a dot, which could be that of a setting.
    static func variable(for origin: SourceURL.Origin) -> String? {
        guard origin.host.contains("."), origin.host != "key.file",
            origin.host.utf8.allSatisfy({
                (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x2D || $0 == 0x2E
            })
        else { return nil }
        let host = origin.host.uppercased().replacing("-", with: "__").replacing(".", with: "_")
        let base = origin.scheme == "https" ? "ADM_CREDENTIAL_" : "ADM_HTTP_CREDENTIAL_"
        return base + host + (isUsual(origin) ? "" : "_\(origin.port)")
    }

    /// `adm.` with the host, then the port if it is not the usual one; `adm-http.` for a server without
    /// TLS.
    static func fileName(for origin: SourceURL.Origin) -> String {
        (origin.scheme == "https" ? "adm." : "adm-http.")
            + origin.host.replacing("/", with: "_")
            + (isUsual(origin) ? "" : ".\(origin.port)")
    }

    private static func isUsual(_ origin: SourceURL.Origin) -> Bool {
        origin.port == (origin.scheme == "https" ? 443 : 80)
    }

    private func text(of path: String) throws(Failure) -> String? {
        guard FileManager.default.fileExists(atPath: path) else { return nil }
        guard let data = FileManager.default.contents(atPath: path),
            data.count <= Secret.maximumCount
        else {
            throw Failure(.credentialStore, "the credential \(path) cannot be read")
        }
        guard let text = String(validating: data, as: UTF8.self) else {
            throw Failure(
                .configuration,
                "the credential \(path) is not valid UTF-8",
                hint: "another one would be sent; save the file as UTF-8"
            )
        }
        return text
    }

    private static func parse(
        _ text: String,
        place: String,
        store: CredentialStore,
        origin: SourceURL.Origin
    ) throws(Failure) -> Grant {
        let line = text.prefix { !$0.isNewline }
        let word = line.prefix { $0 != " " }
        let value = String(line.dropFirst(word.count + 1))
        let kind = CredentialKind(rawValue: word.lowercased())
        var credential = Credential(kind: kind, origin: origin, store: store)
        switch kind {
        case .basic, .digest:
            guard let colon = value.firstIndex(of: ":") else { break }
            credential.user = String(value[..<colon])
            return Grant(credential, Secret(String(value[value.index(after: colon)...])))
        case .header:
            guard let colon = value.firstIndex(of: ":") else { break }
            credential.fieldName = String(value[..<colon])
            let rest = value[value.index(after: colon)...].drop { $0 == " " }
            return Grant(credential, Secret(String(rest)))
        case .bearer, .cookie:
            guard !value.isEmpty else { break }
            return Grant(credential, Secret(value))
        default: break
        }
        throw Failure(
            .configuration,
            "the credential in \(place) cannot be understood",
            hint: "write 'basic USER:PASSWORD', 'bearer TOKEN', 'header NAME: VALUE'"
                + " or 'cookie NAME=VALUE'"
        )
    }
}
