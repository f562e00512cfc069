import Foundation
import Testing

@testable import ADMCommands

@Suite struct DurationTextTests {
    @Test(
        arguments: [
            (0, "0s"), (-1, "0s"), (.nan, "0s"), (.infinity, "0s"), (0.0004, "1ms"),
            (0.0052, "5ms"),
            (0.0994, "99ms"), (0.0996, "0.1s"), (0.4, "0.4s"), (12.34, "12.3s"), (59.94, "59.9s"),
            (59.96, "1m00s"), (65, "1m05s"), (3599.6, "1h00m"), (8040, "2h14m"), (273_600, "3d4h"),
            (1e9, ">999d"),
        ] as [(Double, String)]
    )
    func `a measured time has tenths below a minute`(seconds: Double, text: String) {
        #expect(DurationText.elapsed(seconds) == text)
    }

    @Test(
        arguments: [
            (0, "0s"), (0.1, "1s"), (51.2, "52s"), (59.5, "1m00s"), (65, "1m05s"), (8040, "2h14m"),
            (86_399, "23h59m"), (273_600, "3d4h"), (8_640_000, "100d"), (1e300, ">999d"),
            (.infinity, ">999d"), (.nan, "0s"),
        ] as [(Double, String)]
    )
    func `a remaining time is rounded up and at most six columns wide`(
        seconds: Double,
        text: String
    ) {
        #expect(DurationText.remaining(seconds) == text)
        #expect(text.count <= 6)
    }
}
