import Testing

@testable import ADMModel

@Suite struct SpeedMeterTests {
    private let begin = ContinuousClock.now

    private func second(_ second: Int) -> ContinuousClock.Instant {
        begin.advanced(by: .seconds(second))
    }

    @Test func `speed is measured over the window only`() {
        var meter = SpeedMeter(window: .seconds(5))
        #expect(meter.bytesPerSecond == 0)
        for number in 0...10 {
            let bytes = Int64(number <= 5 ? number * 1000 : 5000 + (number - 5) * 100)
            meter.add(bytes, at: second(number))
        }
        #expect(abs(meter.bytesPerSecond - 100) < 0.001)
        #expect(meter.span == .seconds(5))
    }

    @Test func `a number that has not changed is no sample while there is patience`() {
        var meter = SpeedMeter(patience: .seconds(3))
        meter.add(0, at: second(0))
        meter.add(1000, at: second(1))
        meter.add(1000, at: second(2))
        meter.add(1000, at: second(3))
        #expect(meter.bytesPerSecond == 1000)
        meter.add(1000, at: second(4))
        #expect(meter.bytesPerSecond == 250)
    }

    @Test func `without patience every sample counts`() {
        var meter = SpeedMeter()
        meter.add(0, at: second(0))
        meter.add(1000, at: second(1))
        meter.add(1000, at: second(2))
        #expect(meter.bytesPerSecond == 500)
    }

    @Test(arguments: [(Int64.min, Int64.max), (.max, .min), (-1, .max), (0, .min)])
    func `no pair of numbers traps`(first: Int64, last: Int64) {
        var meter = SpeedMeter()
        meter.add(first, at: second(0))
        meter.add(last, at: second(1))
        #expect(meter.bytesPerSecond >= 0)
    }
}
