import ADMTestSupport
import Foundation
import Glibc
import Testing

@testable import ADMSystem

/// What systemd is told, and what it hands over.
@Suite(.timeLimit(.minutes(1))) struct SystemdTests {
    /// A socket for datagrams, as systemd has one.
    private final class Listener: Sendable {
        let descriptor: Int32

        init(_ name: String) throws {
            descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
            let address = try #require(UnixSocketAddress(name))
            let status = unsafe address.withAddress { unsafe bind(descriptor, $0, $1) }
            try #require(status == 0)
        }

        deinit { close(descriptor) }

        /// The next datagram; nil if there is none yet.
        func next() -> String? {
            var bytes = [UInt8](repeating: 0, count: 4096)
            let count = unsafe bytes.withUnsafeMutableBytes {
                unsafe recv(descriptor, $0.baseAddress, $0.count, Int32(MSG_DONTWAIT))
            }
            return count >= 0 ? String(decoding: bytes.prefix(count), as: UTF8.self) : nil
        }
    }

    @Test func `a message comes to the socket at a path, each as one datagram`() throws {
        try inTemporaryDirectory { directory in
            let listener = try Listener(directory + "/notify")
            let systemd = Systemd(environment: ["NOTIFY_SOCKET": directory + "/notify"])
            systemd.notify("READY=1\nSTATUS=two doors are open\n")
            systemd.notify("STOPPING=1\n")
            #expect(listener.next() == "READY=1\nSTATUS=two doors are open\n")
            #expect(listener.next() == "STOPPING=1\n")
            systemd.notifyReloading()
            let lines = listener.next()?.split(separator: "\n") ?? []
            #expect(lines.first == "RELOADING=1" && lines.count == 2)
            let time = lines.last?.split(separator: "=") ?? []
            #expect(time.first == "MONOTONIC_USEC" && (time.last.flatMap { Int($0) } ?? 0) > 0)
            #expect(listener.next() == nil)
        }
    }

    @Test func `a message comes to a socket that is not in the file system`() throws {
        let name = "@adm-test-" + UUID().uuidString
        let listener = try Listener(name)
        Systemd(environment: ["NOTIFY_SOCKET": name]).notify("WATCHDOG=1\n")
        #expect(listener.next() == "WATCHDOG=1\n")
    }

    @Test(arguments: [
        nil, "", "relative/path", "/nonexistent/notify", "@",
        "/" + String(repeating: "x", count: 200),
    ])
    func `where nobody listens nothing happens`(name: String?) {
        var environment: [String: String] = [:]
        environment["NOTIFY_SOCKET"] = name
        Systemd(environment: environment).notify("READY=1\n")
    }

    @Test func `sockets are taken over if they are for this process`() {
        let mine = ["LISTEN_FDS": "2", "LISTEN_PID": "4711"]
        #expect(Systemd(environment: mine, process: 4711).sockets == [3, 4])
        #expect(Systemd(environment: mine, process: 4712).sockets == [])
        #expect(Systemd(environment: ["LISTEN_FDS": "2"], process: 4711).sockets == [])
        #expect(Systemd(environment: ["LISTEN_PID": "4711"], process: 4711).sockets == [])
    }

    @Test(arguments: ["", "0", "-1", "x", "1.5", " 1", "65", "99999999999999999999"])
    func `a number of sockets that cannot be is none`(count: String) {
        let environment = ["LISTEN_FDS": count, "LISTEN_PID": "4711"]
        #expect(Systemd(environment: environment, process: 4711).sockets == [])
    }

    @Test func `the watchdog wants to hear of this process alone`() {
        let span = ["WATCHDOG_USEC": "30000000"]
        #expect(Systemd(environment: span, process: 4711).watchdog == .seconds(30))
        let mine = span.merging(["WATCHDOG_PID": "4711"]) { $1 }
        #expect(Systemd(environment: mine, process: 4711).watchdog == .seconds(30))
        #expect(Systemd(environment: mine, process: 4712).watchdog == nil)
        #expect(Systemd(environment: [:], process: 4711).watchdog == nil)
    }

    @Test(arguments: ["", "0", "-5", "soon", "1e6", "99999999999999999999"])
    func `a time of the watchdog that cannot be is none`(span: String) {
        #expect(Systemd(environment: ["WATCHDOG_USEC": span]).watchdog == nil)
    }
}
