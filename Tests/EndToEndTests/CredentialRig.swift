import ADMModel
import ADMTestServer
import ADMTestSupport
import Foundation

extension DownloadRig {
    /// Runs a test whose secrets are kept in an encrypted file with a key file.
    static func sealed(
        _ files: [TestFile] = [],
        environment: [String: String] = [:],
        body: (DownloadRig) async throws -> Void
    ) async throws {
        try await run(files, environment: environment) { rig in
            let key = rig.adm.home + "/key"
            try Data((0..<32).map { UInt8($0) }).write(to: URL(fileURLWithPath: key))
            try FileManager.default.setAttributes(
                [.posixPermissions: 0o600],
                ofItemAtPath: key
            )
            var adm = rig.adm
            adm.environment["ADM_CREDENTIAL_STORE"] = "file"
            adm.environment["ADM_CREDENTIAL_KEY_FILE"] = key
            try await body(DownloadRig(server: rig.server, adm: adm))
        }
    }

    /// Logs in to the server, or to a path of it, with a secret on standard input.
    @discardableResult
    func logIn(
        _ path: String = "",
        _ options: String...,
        secret: String
    ) async throws -> ChildProcess.Outcome {
        let outcome = try await adm.output(
            ["auth", "login", server.url(path.isEmpty ? "/" : path)] + options
                + ["--password-stdin"],
            input: .text(secret)
        )
        guard outcome.status == 0 else {
            throw Failure(.unclassified, "login failed", cause: outcome.errorOutput)
        }
        return outcome
    }

    /// The header field that requests for a path carried, each different value once.
    func sent(_ name: String, to path: String) -> Set<String?> {
        Set(server.requests(path).map { $0.header(name) })
    }

    /// A file that is served only with a header field.
    static func guarded(_ path: String, _ name: String, _ value: String) -> TestFile {
        var behaviour = Behaviour()
        behaviour.requiredHeader = Behaviour.RequiredHeader(name, value)
        return TestFile(path, length: 5000, seed: 7, behaviour)
    }

    /// The value of Authorization for a user name and password (RFC 7617).
    static func basic(_ user: String, _ password: String) -> String {
        "Basic " + Data("\(user):\(password)".utf8).base64EncodedString()
    }
}
