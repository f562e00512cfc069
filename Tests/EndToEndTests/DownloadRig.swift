import ADMModel
import ADMTestServer
import ADMTestSupport
import Foundation

/// A server, an `ADM_HOME` of its own and a place for downloads.
struct DownloadRig: Sendable {
    let server: FaultyServer
    let adm: AdmProcess

    /// Where downloads go.
    var directory: String { adm.home + "/downloads" }

    /// Runs a test with a fresh server and a fresh home.
    static func run(
        _ files: [TestFile] = [],
        tls: FaultyServer.TLS? = nil,
        environment: [String: String] = [:],
        body: (DownloadRig) async throws -> Void
    ) async throws {
        try await FaultyServer.run(tls: tls, files: files) { server in
            try await AdmProcess.withHome { process in
                var adm = process
                adm.environment = ["ADM_RETRY_WAIT": "20ms", "ADM_IDLE_TIMEOUT": "10m"].merging(
                    environment
                ) { $1 }
                try await body(DownloadRig(server: server, adm: adm))
            }
        }
    }

    /// Runs `adm download` with options and the URL of a path.
    func download(_ path: String, _ options: String...) async throws -> ChildProcess.Outcome {
        try await adm.output(["download", "-d", directory] + options + [server.url(path)])
    }

    /// The names below the download directory, hidden ones too, sorted.
    func saved() -> [String] {
        ((try? FileManager.default.subpathsOfDirectory(atPath: directory)) ?? []).sorted()
    }

    /// Whether a saved file has exactly the bytes that the server offers now.
    func isRight(_ name: String, _ path: String) throws -> Bool {
        guard let file = server.file(path) else { return false }
        return try file.body.matches(file: "\(directory)/\(name)")
    }

    /// What `adm show` says about a job.
    func show(_ number: Int = 1) async throws -> JobReport {
        let outcome = try await adm.output(["show", "\(number)", "--json"])
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        return try decoder.decode(JobReport.self, from: outcome.outputBytes)
    }
}

/// The fields of `adm show --json` that tests look at.
struct JobReport: Decodable, Sendable {
    let number: Int
    let state: String
    let bytesDone: Int64
    let bytesTotal: Int64?
    let attempts: Int
    let path: String?
    let segments: [[Int64]]
    let failure: FailureReport?

    struct FailureReport: Decodable, Sendable {
        let code: String
        let message: String
    }
}
