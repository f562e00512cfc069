import ADMModel
import ADMTestServer
import ADMTestSupport
import Foundation
import Testing

/// `Retry-After`: who waits, for how long, and what people see of it.
@Suite(.timeLimit(.minutes(2))) struct CoolDownTests {
    private static func busy(_ seconds: Int, _ occurrence: FaultTrigger = .always) -> Behaviour {
        var behaviour = Behaviour()
        behaviour.refusals = [Refusal(503, occurrence, retryAfter: .seconds(seconds))]
        return behaviour
    }

    private let other = TestFile("/other.bin", length: 1000, seed: 2)

    @Test func `H13 a download that somebody watches ends if it would wait for too long`()
        async throws
    {
        let file = TestFile("/busy.bin", length: 1000, seed: 1, Self.busy(7200))
        try await DownloadRig.run([file]) { rig in
            let outcome = try await rig.download("/busy.bin")
            #expect(outcome.status == 5, "\(outcome.errorOutput)")
            #expect(outcome.errorOutput.contains("it asks to come back after 20"))
            #expect(outcome.errorOutput.contains("--max-retry-after"))
            #expect(rig.server.requests().count == 1)
            let report = try await rig.budget()
            let cool = try #require(report.coolDowns.first)
            #expect(cool.origin == "http://127.0.0.1:\(rig.server.port)")
            #expect(cool.seconds <= 10)
            #expect(cool.askedSeconds > 7000)
        }
    }

    @Test func `H13 a job of the queue waits as long as it is asked to`() async throws {
        let file = TestFile("/busy.bin", length: 1000, seed: 1, Self.busy(7200))
        try await DownloadRig.run([file]) { rig in
            try await rig.enqueue(["/busy.bin"])
            try await rig.running { runner in
                try await rig.waitForStates { $0[1] == "retrying" }
                try await runner.waitForOutput(
                    containing: "waiting: http://127.0.0.1:\(rig.server.port) asked to wait until"
                )
            }
        }
    }

    @Test func `H13 one answer keeps nobody else away for a day`()
        async throws
    {
        let file = TestFile("/busy.bin", length: 1000, seed: 1, Self.busy(86_400))
        try await DownloadRig.run([file, other]) { rig in
            try await rig.ok("ws", "create", "b")
            #expect(try await rig.download("/busy.bin").status == 5)
            let outcome = try await rig.download("/other.bin", "-w", "b", "--retries", "0")
            #expect(outcome.status == 0, "\(outcome.errorOutput)")
            // It answered somebody: the others need not wait any more.
            try await rig.waitForBudget { $0.coolDowns.isEmpty }
        }
    }

    @Test func `H13 a redirect charges the one that was busy and not the one that sent there`()
        async throws
    {
        let file = TestFile("/busy.bin", length: 1000, seed: 1, Self.busy(600))
        try await DownloadRig.run([file, other]) { rig in
            var leading = Behaviour()
            leading.redirection = Redirection(.path("/busy.bin"), host: "127.0.0.1")
            rig.server.serve(TestFile("/leads.bin", length: 1000, leading))
            let first = try await rig.adm.output([
                "download", "-d", rig.directory, "--max-retry-after", "1s",
                rig.server.url("/leads.bin", host: "localhost"),
            ])
            #expect(first.status == 5, "\(first.errorOutput)")
            let report = try await rig.budget()
            #expect(report.coolDowns.map(\.origin) == ["http://127.0.0.1:\(rig.server.port)"])
            let second = try await rig.adm.output([
                "download", "-d", rig.directory, "--retries", "0",
                rig.server.url("/other.bin", host: "localhost"),
            ])
            #expect(second.status == 0, "\(second.errorOutput)")
            #expect(!second.errorOutput.contains("waiting"))
        }
    }

    @Test func `adm budget shows who is left alone, and ends it`() async throws {
        let file = TestFile("/busy.bin", length: 1000, seed: 1, Self.busy(86_400))
        try await DownloadRig.run([file, other]) { rig in
            let origin = "http://127.0.0.1:\(rig.server.port)"
            #expect(try await rig.download("/busy.bin").status == 5)
            #expect(try await rig.ok("budget").contains("\(origin) is "))
            let wrong = try await rig.adm.output(["budget", "clear-cool-down"])
            #expect(wrong.status == 2)
            let none = try await rig.adm.output([
                "budget", "clear-cool-down", "https://example.org/",
            ])
            #expect(none.errorOutput.contains("https://example.org is not left alone"))
            try await rig.ok("budget", "clear-cool-down", rig.server.url("/x"))
            #expect(try await rig.budget().coolDowns.isEmpty)
            let outcome = try await rig.download("/other.bin")
            #expect(outcome.status == 0, "\(outcome.errorOutput)")
            #expect(!outcome.errorOutput.contains("waiting"))
            #expect(try await rig.download("/busy.bin").status == 5)
            try await rig.ok("budget", "clear-cool-down", "--all")
            #expect(try await rig.budget().coolDowns.isEmpty)
        }
    }
}
