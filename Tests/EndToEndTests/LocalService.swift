import ADMModel
import ADMTestServer
import ADMTestSupport
import Foundation
import Glibc

/// A server program that a test runs on a free port of 127.0.0.1.
struct LocalService: Sendable {
    let port: Int
    let child: ChildProcess

    /// The path of an installed program; nil if there is none.
    static func find(_ name: String) -> String? {
        ["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"]
            .map { "\($0)/\(name)" }
            .first { FileManager.default.isExecutableFile(atPath: $0) }
    }

    /// Runs a program for as long as `body` runs, which begins when it listens.
    ///
    /// `arguments` gets a port that was free; if somebody else was faster, another one is tried.
    static func run<Result>(
        _ name: String,
        arguments: (_ port: Int) throws -> [String],
        body: (LocalService) async throws -> Result
    ) async throws -> Result {
        guard let executable = find(name) else {
            throw Failure(.unclassified, "\(name) is not installed", hint: "run make test")
        }
        for attempt in 1... {
            let port = try freePort()
            let command = ChildProcess.Command(
                executable,
                try arguments(port),
                environment: ["PATH": "/usr/sbin:/usr/bin:/sbin:/bin"],
                directory: "/"
            )
            let result: Result? = try await ChildProcess.run(command) { child in
                guard try await listens(child, on: port) else {
                    guard attempt < 5 else {
                        throw Failure(.unclassified, "\(name): \(child.errorOutput)")
                    }
                    return nil
                }
                return try await body(LocalService(port: port, child: child))
            }
            if let result { return result }
        }
        throw Failure(.unclassified, "\(name) does not start")
    }

    /// Waits until the program itself listens on the port; false if it ended first.
    private static func listens(_ child: ChildProcess, on port: Int) async throws -> Bool {
        while child.termination == nil {
            if let inode = listener(on: port), owns(child, socket: inode) { return true }
            await Task.yield()
        }
        return false
    }

    /// The inode of the socket that listens on a port of 127.0.0.1 (proc_net_tcp.txt).
    private static func listener(on port: Int) -> Substring? {
        let digits = String(port, radix: 16, uppercase: true)
        let address = "0100007F:" + String(repeating: "0", count: 4 - digits.count) + digits
        let table = (try? String(contentsOfFile: "/proc/net/tcp", encoding: .utf8)) ?? ""
        for line in table.split(separator: "\n") {
            let words = line.split(separator: " ")
            guard words.count > 9, words[1] == address, words[3] == "0A" else { continue }
            return words[9]
        }
        return nil
    }

    private static func owns(_ child: ChildProcess, socket inode: Substring) -> Bool {
        let folder = "/proc/\(child.id)/fd"
        let files = FileManager.default
        return ((try? files.contentsOfDirectory(atPath: folder)) ?? []).contains {
            (try? files.destinationOfSymbolicLink(atPath: "\(folder)/\($0)")) == "socket:[\(inode)]"
        }
    }

    /// A port that nobody listens on now.
    static func freePort() throws(Failure) -> Int {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        // The address is initialised and outlives both calls (bind(2), getsockname(2)).
        let isBound = unsafe withUnsafeMutablePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe bind(descriptor, $0, length) == 0
                    && getsockname(descriptor, $0, &length) == 0
            }
        }
        guard isBound else { throw Failure(.network, "there is no free port on 127.0.0.1") }
        return Int(UInt16(bigEndian: address.sin_port))
    }
}
