import ADMModel
import Testing

@testable import ADMTransfer

/// Which connections hold the others up, in simulated time.
@Suite struct ConnectionSpeedsTests {
    private static let megabyte: Int64 = 1_000_000

    /// Watches connections with these bytes a second, ten times a second.
    private func watched(
        _ speeds: [Int64],
        missing: Int64 = megabyte,
        seconds: Double
    ) -> ConnectionSpeeds {
        var judge = ConnectionSpeeds()
        let begin = ContinuousClock.now
        for step in 0...Int(seconds * 10) {
            let reports = speeds.enumerated().map { number, speed in
                ConnectionSpeeds.Report(
                    number: number,
                    filled: speed * Int64(step) / 10,
                    missing: missing
                )
            }
            judge.add(reports, at: begin.advanced(by: .milliseconds(step * 100)))
        }
        return judge
    }

    private func ended(_ speeds: [Int64], missing: Int64 = megabyte, seconds: Double) -> [Int] {
        var judge = watched(speeds, missing: missing, seconds: seconds)
        return judge.takeSlow(roundTrip: .milliseconds(1))
    }

    @Test func `H8 a connection far slower than the others is ended after a second`() {
        #expect(ended([Self.megabyte, 1, Self.megabyte], seconds: 0.9).isEmpty)
        #expect(ended([Self.megabyte, 1, Self.megabyte], seconds: 1.1) == [1])
    }

    @Test func `H8 on a far path it gets the time of several round trips`() {
        var judge = watched([Self.megabyte, 60_000, Self.megabyte], seconds: 1.1)
        // It would be done in 17 seconds.
        #expect(judge.takeSlow(roundTrip: .seconds(3)).isEmpty)
        #expect(judge.takeSlow(roundTrip: .seconds(1)) == [1])
    }

    @Test func `a server that is slow for all is left alone, and so is a rest that ends soon`() {
        #expect(ended([1000, 1000, 1000], seconds: 20).isEmpty)
        #expect(ended([Self.megabyte, 1000, Self.megabyte], missing: 900, seconds: 20).isEmpty)
        #expect(ended([1000], seconds: 20).isEmpty)
    }

    @Test func `no more than sixteen connections are replaced`() {
        var judge = watched(
            [Int64](repeating: 1, count: 20) + [Int64](repeating: Self.megabyte, count: 21),
            seconds: 2
        )
        var count = 0
        for _ in 0..<5 { count += judge.takeSlow(roundTrip: .zero).count }
        #expect(count == 16)
    }

    @Test func `a slow connection gives away so much that both end at the same time`() {
        let judge = watched([Self.megabyte, 250_000, Self.megabyte], seconds: 1)
        #expect(judge.shareToGive(by: 0) == 0.5)
        #expect(abs(judge.shareToGive(by: 1) - 0.8) < 0.01)
        #expect(judge.shareToGive(by: 7) == 0.5)
    }

    @Test func `at the end what a new connection would have much sooner is fetched twice`() {
        let judge = watched([Self.megabyte, 50_000, Self.megabyte], seconds: 1)
        let soon = Duration.milliseconds(1)
        #expect(judge.isOvertaken(1, missing: 500_000, roundTrip: soon))
        #expect(!judge.isOvertaken(0, missing: 500_000, roundTrip: soon))
        // A new connection would need three round trips to begin.
        #expect(!judge.isOvertaken(1, missing: 20_000, roundTrip: .milliseconds(200)))
    }
}
