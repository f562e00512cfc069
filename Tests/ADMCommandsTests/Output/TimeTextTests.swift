import Foundation
import Testing

@testable import ADMCommands

@Suite struct TimeTextTests {
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
        #expect(TimeText.elapsed(seconds) == text)
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
        #expect(TimeText.remaining(seconds) == text)
        #expect(text.count <= 6)
    }

    @Test(arguments: [
        (0.0, "1970-01-01T00:00:00.000Z"), (1_764_000_000.123, "2025-11-24T16:00:00.123Z"),
        (1_764_000_000.9996, "2025-11-24T16:00:01.000Z"), (-0.5, "1969-12-31T23:59:59.500Z"),
    ])
    func `a moment is written in UTC and rounded to milliseconds`(seconds: Double, text: String) {
        #expect(Timestamp.text(Date(timeIntervalSince1970: seconds)) == text)
    }
}
