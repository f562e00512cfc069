import Foundation
import Testing

@testable import ADMModel

@Suite struct DateTextTests {
    @Test(arguments: [
        (0.0, "1970-01-01T00:00:00.000Z"), (1_764_000_000.123, "2025-11-24T16:00:00.123Z"),
        (1_764_000_000.9996, "2025-11-24T16:00:01.000Z"), (-0.5, "1969-12-31T23:59:59.500Z"),
        (1_764_000_000.05, "2025-11-24T16:00:00.050Z"), (1e300, "9999-12-31T23:59:59.000Z"),
        (-.infinity, "0001-01-01T00:00:00.000Z"),
    ])
    func `a moment is written in UTC and rounded to milliseconds`(seconds: Double, text: String) {
        #expect(DateText.text(Date(timeIntervalSince1970: seconds)) == text)
    }

    @Test(arguments: [0.5, 951_782_399.25, 1_709_164_800, 4_102_444_799.999, -1_000_000_000.75])
    func `the calendar is that of Foundation`(seconds: Double) {
        let date = Date(timeIntervalSince1970: seconds)
        let half = Date(timeIntervalSince1970: seconds + 0.0005)
        let style = Date.ISO8601FormatStyle(includingFractionalSeconds: true)
        #expect(DateText.text(date) == half.formatted(style))
    }
}
