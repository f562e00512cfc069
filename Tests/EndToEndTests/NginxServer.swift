import ADMModel
import ADMTestServer
import ADMTestSupport
import Foundation

/// A real nginx on a free port that serves a temporary directory.
struct NginxServer: Sendable {
    /// The directory of the files it serves.
    let root: String
    private let scheme: String
    private let service: LocalService

    /// A file whose presence lets ``throttled`` locations send at full speed.
    private var opened: String { root + ".open" }

    /// Directives with which every connection sends 1 MiB and then one byte a second, until
    /// ``open()`` is called.
    static let throttled = """
        set $adm_rate 1;
        if (-f $document_root.open) { set $adm_rate 0; }
        limit_rate_after 1m;
        limit_rate $adm_rate;
        """

    /// Runs nginx for as long as `body` runs.
    ///
    /// - Parameters:
    ///   - location: Directives for all files.
    ///   - http: Directives outside the server.
    ///   - tls: A certificate; with one it speaks TLS alone.
    ///   - protocols: More words for `listen`, such as `http2`.
    ///   - body: What to do in that time.
    /// - Returns: What `body` returns.
    /// - Throws: What `body` throws; `Failure` with `unclassified` if nginx does not run.
    static func run<Result>(
        location: String = "",
        http: String = "",
        tls: FaultyServer.TLS? = nil,
        protocols: String = "",
        body: (NginxServer) async throws -> Result
    ) async throws -> Result {
        try await withTemporaryDirectory { directory in
            let root = directory + "/files"
            try FileManager.default.createDirectory(
                atPath: root,
                withIntermediateDirectories: false
            )
            let path = directory + "/nginx.conf"
            return try await LocalService.run("nginx") { port in
                let secure = tls.map {
                    "ssl_certificate \($0.certificateFile); ssl_certificate_key \($0.keyFile);"
                }
                let listen = "127.0.0.1:\(port) \(tls == nil ? "" : "ssl") \(protocols)"
                try configuration(
                    directory: directory,
                    listen: listen,
                    server: secure ?? "",
                    http: http,
                    location: location
                ).write(toFile: path, atomically: true, encoding: .utf8)
                return ["-p", directory, "-c", path, "-e", "stderr"]
            } body: { service in
                let scheme = tls == nil ? "http" : "https"
                return try await body(NginxServer(root: root, scheme: scheme, service: service))
            }
        }
    }

    /// The URL of a file below the root.
    func url(_ path: String) -> String { "\(scheme)://127.0.0.1:\(service.port)\(path)" }

    /// Writes a file, and sets when it was changed, which makes its validators.
    func put(
        _ path: String,
        _ body: TestBody,
        changed: Date = .init(timeIntervalSince1970: 1e9)
    )
        throws
    {
        try body.write(to: root + path)
        try FileManager.default.setAttributes(
            [.modificationDate: changed, .posixPermissions: 0o644],
            ofItemAtPath: root + path
        )
    }

    /// Lets ``throttled`` locations send at full speed from the next request on.
    func open() throws { try Data().write(to: URL(fileURLWithPath: opened)) }

    /// Waits until a request was answered with a status.
    func waitForAnswer(_ status: Int) async throws {
        try await service.child.waitForOutput(containing: "\(status) ")
    }

    /// Ends nginx in order and returns what it wrote about each request.
    func finish() async throws -> [(status: Int, protocol: String, range: String)] {
        service.child.send(SIGQUIT)
        let outcome = try await service.child.wait()
        return outcome.output.split(separator: "\n").compactMap { line in
            let words = line.split(separator: " ", maxSplits: 2).map(String.init)
            guard words.count > 1, let status = Int(words[0]) else { return nil }
            return (status, words[1], words.count > 2 ? words[2] : "")
        }
    }

    private static func configuration(
        directory: String,
        listen: String,
        server: String,
        http: String,
        location: String
    ) -> String {
        // One process: a worker would outlive a master that is killed.
        """
        daemon off;
        master_process off;
        pid \(directory)/nginx.pid;
        events { worker_connections 256; }
        http {
            log_format adm '$status $server_protocol $http_range';
            access_log /dev/stdout adm;
            default_type application/octet-stream;
            client_body_temp_path \(directory)/body;
            proxy_temp_path \(directory)/proxy;
            fastcgi_temp_path \(directory)/fastcgi;
            uwsgi_temp_path \(directory)/uwsgi;
            scgi_temp_path \(directory)/scgi;
            \(http)
            server {
                listen \(listen);
                root \(directory)/files;
                \(server)
                location / {
                    \(location)
                }
            }
        }

        """
    }
}
