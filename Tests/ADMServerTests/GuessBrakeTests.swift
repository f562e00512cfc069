import Testing

@testable import ADMServer

/// Wrong tokens in a row are slowed down.
@Suite struct GuessBrakeTests {
    private func brake(after wrong: Int, at now: Double = 0) -> GuessBrake {
        var brake = GuessBrake()
        for _ in 0..<wrong { brake.failed(at: now) }
        return brake
    }

    @Test func `the first wrong ones cost nothing`() {
        for wrong in 0..<GuessBrake.allowance {
            var brake = brake(after: wrong)
            #expect(brake.wait(at: 0) == nil, "after \(wrong)")
        }
    }

    @Test func `after too many none is looked at for a while, and then as many again`() {
        var brake = brake(after: GuessBrake.allowance, at: 100)
        #expect(brake.wait(at: 100) == GuessBrake.pause)
        #expect(brake.wait(at: 104) == GuessBrake.pause - 4)
        #expect(brake.wait(at: 100 + GuessBrake.pause) == nil)
        for _ in 1..<GuessBrake.allowance {
            brake.failed(at: 120)
            #expect(brake.wait(at: 120) == nil)
        }
        brake.failed(at: 120)
        #expect(brake.wait(at: 120) == GuessBrake.pause)
    }
}
