import ADMTestSupport
import Foundation

extension LocalService {
    /// Runs tinyproxy with more directives for as long as `body` runs.
    static func withTinyproxy(
        _ directives: String = "",
        body: (LocalService) async throws -> Void
    ) async throws {
        try await withTemporaryDirectory { directory in
            let path = directory + "/tinyproxy.conf"
            try await LocalService.run("tinyproxy") { port in
                try """
                Port \(port)
                Listen 127.0.0.1
                Timeout 600
                MaxClients 100
                LogLevel Connect
                ViaProxyName "adm-test"
                \(directives)

                """.write(toFile: path, atomically: true, encoding: .utf8)
                return ["-d", "-c", path]
            } body: {
                try await body($0)
            }
        }
    }
}
