import ADMModel
import CLibSecret
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
    /// - Throws: ``Failure`` with `configuration` where the text cannot be understood; with
    ///   `credentialStore` where the file cannot be read.
    func grant(
        from store: CredentialStore,
        for origin: SourceURL.Origin
    ) throws(Failure) -> Grant? {
        let place: String
        let found: String?
        switch store {
        case .environment:
            place = ProvidedSecrets.variable(for: origin)
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
        adm_conceal_memory()
        return try ProvidedSecrets.parse(found, place: place, store: store, origin: origin)
    }

    /// `ADM_CREDENTIAL_` with the host in upper case, other characters than letters and digits as
    /// underscores; a port other than the scheme's follows, and `HTTP_` stands before the host
    /// where the scheme is http.
    static func variable(for origin: SourceURL.Origin) -> String {
        "ADM_CREDENTIAL_"
            + parts(origin).joined(separator: "_").uppercased().map {
                $0.isASCII && ($0.isLetter || $0.isNumber) ? String($0) : "_"
            }.joined()
    }

    /// `adm.` with the host; port and scheme as in ``variable(for:)``.
    static func fileName(for origin: SourceURL.Origin) -> String {
        "adm." + parts(origin).joined(separator: ".").replacing("/", with: "_")
    }

    private static func parts(_ origin: SourceURL.Origin) -> [String] {
        let isUsual = origin.port == (origin.scheme == "https" ? 443 : 80)
        return (origin.scheme == "https" ? [] : [origin.scheme]) + [origin.host]
            + (isUsual ? [] : [String(origin.port)])
    }

    private func text(of path: String) throws(Failure) -> String? {
        guard FileManager.default.fileExists(atPath: path) else { return nil }
        guard let data = FileManager.default.contents(atPath: path),
            data.count <= Secret.maximumCount
        else {
            throw Failure(.credentialStore, "the credential \(path) cannot be read")
        }
        return String(decoding: data, as: UTF8.self)
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
