import Foundation
import Testing

@testable import ADMScheduling

struct ClockWatchTests {
    @Test func `a clock that is put back is noticed, and one that runs is not`() {
        var watch = ClockWatch()
        let date = Date(timeIntervalSince1970: 1_800_000_000)
        let instant = ContinuousClock.now
        func look(_ wall: Double, _ passed: Int) -> Bool {
            watch.mayHaveGoneBack(
                date.addingTimeInterval(wall),
                at: instant.advanced(by: .seconds(passed))
            )
        }
        // It may have stood ahead before.
        #expect(look(0, 0))
        #expect(!look(10, 10))
        #expect(!look(19.5, 20))
        #expect(look(10, 30))
        #expect(!look(20, 40))
        // Ahead is not back.
        #expect(!look(3000, 50))
        #expect(look(60, 60))
    }
}
