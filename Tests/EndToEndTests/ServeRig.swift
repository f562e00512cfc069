import ADMModel
import ADMTestServer
import ADMTestSupport
import Foundation

/// A server with files, a home, and a daemon that serves it while a test wants it to.
struct ServeRig: Sendable {
    let rig: DownloadRig

    /// Where the daemon listens without further options.
    var socket: String { HomeLayout(root: rig.adm.admHome).run + "/api.sock" }
    /// Where jobs of a workspace are saved that say nothing of it.
    func saved(in workspace: String) -> String { rig.adm.home + "/saved/" + workspace }

    /// Runs a test with workspaces.
    static func run(
        _ files: [TestFile] = [],
        workspaces: [String] = ["work"],
        environment: [String: String] = [:],
        body: (ServeRig) async throws -> Void
    ) async throws {
        try await DownloadRig.run(files, environment: environment) { rig in
            let serving = ServeRig(rig: rig)
            for name in workspaces { try await serving.create(name) }
            try await body(serving)
        }
    }

    /// Makes a workspace that saves into a directory of the test.
    func create(_ name: String) async throws {
        try await rig.ok("ws", "create", name)
        try await rig.ok("-w", name, "profile", "set", "directory", saved(in: name))
    }

    /// Runs `adm serve` at its usual socket for as long as `body` runs.
    func serving(_ options: String..., body: (Daemon) async throws -> Void) async throws {
        try await rig.adm.run(["serve"] + options) { process in
            try await process.waitForOutput(containing: "listening on unix:\(socket)\n")
            try await body(Daemon(process: process, door: .socket(socket)))
        }
    }

    /// Runs `adm serve` at a port of its own, and at the usual socket, too.
    func servingPort(_ options: String..., body: (Daemon) async throws -> Void) async throws {
        let doors = ["--listen", "127.0.0.1:0", "--listen", "unix:" + socket]
        try await rig.adm.run(["serve"] + doors + options) { process in
            try await process.waitForOutput(containing: "listening on unix:\(socket)\n")
            let words = process.errorOutput.components(separatedBy: "listening on 127.0.0.1:")
            let digits = words.last?.prefix { $0.isNumber } ?? ""
            guard words.count == 2, let port = Int(digits) else {
                throw Failure(.unclassified, "no port in \(process.errorOutput)")
            }
            try await body(Daemon(process: process, door: .port(port)))
        }
    }

    /// The secret of a new token.
    func token(_ options: String...) async throws -> String {
        let outcome = try await rig.adm.output(["token", "create"] + options)
        guard outcome.status == 0 else {
            throw Failure(.unclassified, "adm token create failed", cause: outcome.errorOutput)
        }
        return outcome.output.trimmingCharacters(in: .newlines)
    }

    /// The URL of a path of the server as a job names it.
    func body(_ path: String, _ members: [String: Any] = [:]) throws -> String {
        let all = members.merging(["url": rig.server.url(path)]) { own, _ in own }
        return String(decoding: try JSONSerialization.data(withJSONObject: all), as: UTF8.self)
    }

    /// Whether a job of a workspace was saved as the server has it.
    func isRight(_ path: String, in workspace: String = "work") throws -> Bool {
        guard let file = rig.server.file(path) else { return false }
        return try file.body.matches(file: saved(in: workspace) + path)
    }
}

/// A daemon that runs.
struct Daemon: Sendable {
    let process: ChildProcess
    /// Where it is asked.
    var door: DaemonConnection.Door
    /// The token that is sent along.
    var token: String?

    /// The same daemon, asked with a token.
    func with(token: String) -> Daemon {
        var daemon = self
        daemon.token = token
        return daemon
    }

    /// The bytes of a request.
    func request(
        _ method: String,
        _ path: String,
        _ fields: [String: String] = [:],
        body: String? = nil
    ) -> Data {
        var all = ["Host": door.host, "Connection": "close"]
        if let token { all["Authorization"] = "Bearer \(token)" }
        if let body {
            all["Content-Type"] = "application/json"
            all["Content-Length"] = "\(body.utf8.count)"
        }
        all.merge(fields) { $1 }
        let lines = all.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)\r\n" }
        return Data("\(method) \(path) HTTP/1.1\r\n\(lines.joined())\r\n\(body ?? "")".utf8)
    }

    /// Sends bytes on a connection of their own.
    func connect(sending bytes: Data) throws -> DaemonConnection {
        let connection = try DaemonConnection(to: door)
        connection.begin(bytes)
        return connection
    }

    /// Sends bytes and reads the answer.
    func ask(_ bytes: Data) async throws -> DaemonAnswer {
        let connection = try connect(sending: bytes)
        defer { connection.end() }
        return try await connection.answer()
    }

    /// Asks for something.
    func get(_ path: String, _ fields: [String: String] = [:]) async throws -> DaemonAnswer {
        try await ask(request("GET", path, fields))
    }

    /// Sends something.
    func post(
        _ path: String,
        _ body: String = "",
        _ fields: [String: String] = [:]
    ) async throws -> DaemonAnswer {
        try await ask(request("POST", path, fields, body: body))
    }

    /// Begins to follow the events of a workspace.
    func follow(
        _ workspace: String,
        after number: Int? = 0
    ) throws -> DaemonConnection {
        var fields = ["Accept": "text/event-stream"]
        fields["Last-Event-ID"] = number.map { "\($0)" }
        return try connect(
            sending: request("GET", "/v1/workspaces/\(workspace)/events", fields)
        )
    }
}

/// The addresses that tests ask for most.
let workspacePath = "/v1/workspaces/work"
let jobsPath = workspacePath + "/jobs"
