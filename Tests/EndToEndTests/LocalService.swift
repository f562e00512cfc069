import ADMModel
import ADMTestServer
import ADMTestSupport
import Foundation
import Glibc

/// A server program that a test runs on a free port of 127.0.0.1.
struct LocalService: Sendable {
    let port: Int
    let child: ChildProcess

    /// The path of an installed program; nil where there is none.
    static func find(_ name: String) -> String? {
        ["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"]
            .map { "\($0)/\(name)" }
            .first { FileManager.default.isExecutableFile(atPath: $0) }
    }

    /// Runs a program for as long as `body` runs, which begins when the port answers.
    ///
    /// `arguments` gets a port that was free; where somebody else was faster, another one is tried.
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
                guard try await answers(port, while: child) else {
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

    /// Waits until the port takes connections; false where the program ended first.
    private static func answers(_ port: Int, while child: ChildProcess) async throws -> Bool {
        while child.termination == nil {
            if connects(to: port) { return child.termination == nil }
            try await Task.sleep(for: .milliseconds(5))
        }
        return false
    }

    private static func connects(to port: Int) -> Bool {
        unsafe withSocket(port: port) { unsafe Glibc.connect($0, $1, $2) == 0 } ?? false
    }

    /// A port that nobody listens on now.
    static func freePort() throws(Failure) -> Int {
        let port = unsafe withSocket(port: 0) { descriptor, address, length -> Int? in
            guard unsafe bind(descriptor, address, length) == 0 else { return nil }
            var bound = sockaddr_in()
            var size = socklen_t(MemoryLayout<sockaddr_in>.size)
            let isKnown = unsafe withUnsafeMutablePointer(to: &bound) { pointer in
                unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    unsafe getsockname(descriptor, $0, &size) == 0
                }
            }
            return isKnown ? Int(UInt16(bigEndian: bound.sin_port)) : nil
        }
        guard let port = port ?? nil else {
            throw Failure(.network, "there is no free port on 127.0.0.1")
        }
        return port
    }

    private static func withSocket<Result>(
        port: Int,
        _ body: (Int32, UnsafePointer<sockaddr>, socklen_t) -> Result
    ) -> Result? {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(UInt16(port)).bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        // The address is initialised and outlives the call (bind(2), connect(2)).
        return unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe body(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
    }
}
