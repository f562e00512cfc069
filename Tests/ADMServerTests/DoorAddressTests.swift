import ADMModel
import Testing

@testable import ADMServer

/// Where the daemon listens, as people write it.
@Suite struct DoorAddressTests {
    @Test(arguments: [
        ("unix:/run/adm.sock", DoorAddress.socket(path: "/run/adm.sock")),
        ("unix:/with space:80", .socket(path: "/with space:80")),
        ("127.0.0.1:6380", .network(host: "127.0.0.1", port: 6380)),
        ("0.0.0.0:0", .network(host: "0.0.0.0", port: 0)),
        ("[::1]:65535", .network(host: "::1", port: 65535)),
        ("[fe80::1%eth0]:1", .network(host: "fe80::1%eth0", port: 1)),
        ("localhost:80", .network(host: "localhost", port: 80)),
        ("files.example-1.org:80", .network(host: "files.example-1.org", port: 80)),
    ])
    func `an address is read, and written as it was`(text: String, address: DoorAddress) throws {
        let read = try DoorAddress(parsing: text)
        #expect(read == address)
        #expect(read.description == text)
        #expect(try DoorAddress(parsing: read.description) == read)
    }

    @Test(arguments: [
        "", ":", "80", ":80", "localhost", "localhost:", "localhost:x", "localhost:-1",
        "localhost:65536", "localhost:99999999999999999999", "localhost:+80", "localhost: 80",
        "::1:80", "[]:80", "a b:80", "a/b:80", "user@host:80", "http://localhost:80", "*:80",
        "unix:", "unix:relative", "unix:~/x", "unix:@abstract", "unix:/nul\0x", "UNIX:/x",
    ])
    func `what is no address is refused`(text: String) {
        let failure = #expect(throws: Failure.self) { _ = try DoorAddress(parsing: text) }
        #expect(failure?.code == .usage)
        #expect(failure?.hint != nil)
    }

    @Test func `a socket's path has at most the bytes that the kernel keeps`() throws {
        let longest = "/" + String(repeating: "x", count: 106)
        #expect(try DoorAddress(parsing: "unix:" + longest) == .socket(path: longest))
        #expect(throws: Failure.self) { try DoorAddress(parsing: "unix:" + longest + "x") }
        // Bytes count, not letters.
        let letters = "/" + String(repeating: "é", count: 54)
        #expect(throws: Failure.self) { try DoorAddress(parsing: "unix:" + letters) }
    }

    @Test(arguments: [
        "unix:/x", "localhost:1", "127.0.0.1:1", "127.255.255.255:1", "127.1.2.3:1", "[::1]:1",
    ])
    func `loopback and sockets are local`(text: String) throws {
        #expect(try DoorAddress(parsing: text).isLocal)
    }

    @Test(arguments: [
        "0.0.0.0:1", "[::]:1", "10.0.0.1:1", "128.0.0.1:1", "127.0.0.1.example.org:1",
        "127.0.0:1", "127.0.0.256:1", "127.0.0.x:1", "127.0.0.:1", "localhost.example.org:1",
        "example.org:1", "[fe80::1]:1", "[::ffff:10.0.0.1]:1",
    ])
    func `what only looks like loopback is not local`(text: String) throws {
        #expect(try !DoorAddress(parsing: text).isLocal)
    }

    @Test func `an address that others reach needs TLS, unless plain HTTP is allowed`() throws {
        var options = DaemonOptions()
        try options.check()
        options.addresses = [try DoorAddress(parsing: "unix:/x")]
        try options.check()
        options.addresses?.append(try DoorAddress(parsing: "0.0.0.0:1"))
        let failure = #expect(throws: Failure.self) { try options.check() }
        #expect(failure?.code == .refused)
        options.allowsPlain = true
        try options.check()
        options.allowsPlain = false
        options.tls = .init(certificate: "/c", key: "/k")
        try options.check()
    }
}
