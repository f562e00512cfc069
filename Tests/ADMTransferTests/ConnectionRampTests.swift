import ADMModel
import Testing

@testable import ADMTransfer

/// How many connections a file gets, in simulated time.
@Suite struct ConnectionRampTests {
    /// A server and what it gives: bytes a second for a number of connections.
    private struct Path {
        var roundTrip = Duration.milliseconds(1)
        var limit = 16
        var bytes: Int64 = 1_073_741_824
        /// How many processors a number of connections keeps busy.
        var load: @Sendable (Int) -> Double = { _ in 0 }
        let speed: @Sendable (Int) -> Double
    }

    /// The number of connections after each report, one every 25 ms.
    private func counts(_ path: Path, reports: Int) -> [Int] {
        var ramp = ConnectionRamp(limit: path.limit)
        var now = ContinuousClock.now
        ramp.begin(
            bytesMissing: path.bytes,
            minimum: 65_536,
            roundTrip: path.roundTrip,
            processorTime: .zero,
            at: now
        )
        var counts = [ramp.wanted]
        var done = 0.0
        var used = Duration.zero
        for _ in 0..<reports {
            now = now.advanced(by: .milliseconds(25))
            used += .milliseconds(25) * path.load(ramp.wanted)
            done += path.speed(ramp.wanted) * 0.025
            ramp.report(
                bytes: Int64(done),
                bytesMissing: max(0, path.bytes - Int64(done)),
                roundTrip: path.roundTrip,
                processorTime: used,
                at: now
            )
            counts.append(ramp.wanted)
        }
        return counts
    }

    @Test func `connections double while each step pays`() {
        let path = Path(limit: 64) { Double($0) * 8_388_608 }
        #expect(counts(path, reports: 4) == [1, 8, 16, 32, 64])
    }

    @Test func `a step that does not pay is taken back, and tried again after a rest`() {
        let path = Path { _ in 100_000_000 }
        let counts = counts(path, reports: 400)
        #expect(counts[..<4] == [1, 8, 16, 8])
        // In ten seconds one more attempt, of half as many again.
        #expect(Set(counts[3...]) == [8, 12])
        #expect(counts.count { $0 == 12 } <= 2)
    }

    @Test
    func `a far server gets many connections at once, because each step would cost a round trip`() {
        let path = Path(roundTrip: .milliseconds(50)) { Double($0) * 1_000_000 }
        #expect(counts(path, reports: 0) == [16])
    }

    @Test func `pieces of a file from afar may be half as long as those from near by`() {
        let bytes: Int64 = 8_388_608
        let far = Path(roundTrip: .milliseconds(50), bytes: bytes) { Double($0) * 1_000_000 }
        #expect(counts(far, reports: 0) == [16])
        let near = Path(limit: 64, bytes: bytes / 2) { Double($0) * 1_000_000 }
        #expect(counts(near, reports: 1) == [1, 4])
    }

    @Test func `a short file comes with its first request, unless that takes long`() {
        let fast = Path(bytes: 1_000_000) { Double($0) * 40_000_000 }
        #expect(counts(fast, reports: 10).allSatisfy { $0 == 1 })
        let slow = Path(bytes: 1_000_000) { Double($0) * 100_000 }
        #expect(counts(slow, reports: 4).last == 16)
    }

    @Test func `a transfer that is about to end gets no further connection`() {
        let path = Path(bytes: 8_388_608) { _ in 200_000_000 }
        #expect(counts(path, reports: 1) == [1, 1])
    }

    @Test func `a server that objects is never asked for more`() {
        var ramp = ConnectionRamp(limit: 16)
        var now = ContinuousClock.now
        ramp.begin(
            bytesMissing: 1 << 30,
            minimum: 65_536,
            roundTrip: .zero,
            processorTime: .zero,
            at: now
        )
        ramp.restrict(to: 2)
        for step in 1...100 {
            now = now.advanced(by: .seconds(1))
            ramp.report(
                bytes: Int64(step * step) * 1_000_000,
                bytesMissing: 1 << 30,
                roundTrip: .zero,
                processorTime: .zero,
                at: now
            )
        }
        #expect(ramp.wanted == 2)
    }

    // MARK: - What connections cost

    @Test
    func `one connection that keeps a processor busy stays alone if a second one brings nothing`() {
        let path = Path(load: { 0.9 + 0.1 * Double($0) }, speed: { _ in 1_000_000_000 })
        let counts = counts(path, reports: 20)
        #expect(counts[..<5] == [1, 1, 2, 1, 1])
        #expect(counts[3...].allSatisfy { $0 == 1 })
    }

    @Test func `connections grow while other processors are free for them`() {
        let path = Path(load: { Double($0) * 0.9 }, speed: { Double($0) * 100_000_000 })
        #expect(counts(path, reports: 5) == [1, 1, 2, 4, 8, 16])
    }

    @Test func `a connection that costs more than it brings is taken back`() {
        let path = Path(load: { Double($0) * 0.9 }, speed: { 100_000_000 * (1 + 0.2 * Double($0)) })
        #expect(counts(path, reports: 3) == [1, 1, 2, 1])
    }

    @Test func `what connections cost does not matter if the processors are idle`() {
        let path = Path(load: { Double($0) * 0.01 }, speed: { 10_000_000 * (1 + 0.2 * Double($0)) })
        #expect(counts(path, reports: 3) == [1, 8, 16, 16])
    }

    @Test func `a connection that is tried out gets as much as comes in the time of the trial`() {
        var ramp = ConnectionRamp(limit: 8)
        let begin = ContinuousClock.now
        let size: Int64 = 1 << 30
        ramp.begin(
            bytesMissing: size,
            minimum: 65_536,
            roundTrip: .milliseconds(1),
            processorTime: .zero,
            at: begin
        )
        #expect(ramp.isProbing)
        var bytes: Int64 = 0
        func report(after milliseconds: Int) {
            bytes += 10_000_000
            ramp.report(
                bytes: bytes,
                bytesMissing: size - bytes,
                roundTrip: .milliseconds(1),
                processorTime: .milliseconds(milliseconds),
                at: begin.advanced(by: .milliseconds(milliseconds))
            )
        }
        report(after: 10)
        #expect(!ramp.isProbing)
        #expect(ramp.trial == nil)
        report(after: 60)
        #expect(ramp.wanted == 2)
        #expect(ramp.trial == 5_000_000)
        report(after: 110)
        #expect(ramp.wanted == 1)
        #expect(ramp.trial == nil)
    }

    @Test func `a limit of one connection is kept`() {
        let path = Path(limit: 1) { Double($0) * 1_000_000 }
        #expect(counts(path, reports: 20).allSatisfy { $0 == 1 })
    }

    @Test func `connections that others need are not wanted, and are tried when they are free`() {
        let now = ContinuousClock.now
        var ramp = ConnectionRamp(limit: 8)
        ramp.allow(1)
        ramp.begin(
            bytesMissing: 1 << 30,
            minimum: 65_536,
            roundTrip: .milliseconds(1),
            processorTime: .zero,
            at: now
        )
        #expect(ramp.wanted == 1 && !ramp.isGrowing)
        ramp.allow(8)
        #expect(ramp.isGrowing)
        ramp.report(
            bytes: 1 << 22,
            bytesMissing: 1 << 29,
            roundTrip: .milliseconds(1),
            processorTime: .zero,
            at: now.advanced(by: .milliseconds(30))
        )
        #expect(ramp.wanted == 2)
        ramp.allow(1)
        #expect(ramp.wanted == 1)
    }

    @Test func `a file of several pieces could use as many connections as there are pieces`() {
        let count = { (bytes: Int64) in
            ConnectionRamp.mostConnections(bytesMissing: bytes, minimum: 65_536, limit: 8)
        }
        #expect(count(0) == 1 && count(-5) == 1)
        #expect(count(1_048_575) == 1)
        #expect(count(3 << 20) == 6)
        #expect(count(.max) == 8)
    }
}
