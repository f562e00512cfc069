import ADMTestSupport
import Foundation

/// What `curl` says about a URL: a second opinion on what the server sends.
struct Curl {
    /// curl's exit status: 18 is a partial file, 52 an empty answer, 56 a broken connection.
    let status: Int32
    /// The head of every answer, as it came.
    let heads: String
    /// The body of the last answer, or what came of it.
    let body: Data

    /// Fetches `url` over HTTP/1.1 with `options`, whatever comes of it.
    static func fetch(_ url: String, _ options: String...) async throws -> Curl {
        try await withTemporaryDirectory { directory in
            let fixed = ["-q", "-s", "-i", "--http1.1", "-o", directory + "/body"]
            let outcome = try await ChildProcess.output(
                ChildProcess.Command(
                    "/usr/bin/env",
                    ["curl"] + fixed + ["-D", directory + "/head", "--no-include"] + options + [url]
                )
            )
            let head = try? Data(contentsOf: URL(fileURLWithPath: directory + "/head"))
            let body = try? Data(contentsOf: URL(fileURLWithPath: directory + "/body"))
            return Curl(
                status: outcome.status,
                heads: String(decoding: head ?? Data(), as: UTF8.self),
                body: body ?? Data()
            )
        }
    }

    /// The status of the last answer.
    var code: Int {
        let lines = heads.split(separator: "\r\n").filter { $0.hasPrefix("HTTP/") }
        return lines.last.flatMap { Int($0.split(separator: " ")[1]) } ?? 0
    }

    /// The value of a header of the last answer that has it.
    func header(_ name: String) -> String? {
        let prefix = name.lowercased() + ": "
        return heads.split(separator: "\r\n")
            .last { $0.lowercased().hasPrefix(prefix) }
            .map { String($0.dropFirst(prefix.count)) }
    }
}
