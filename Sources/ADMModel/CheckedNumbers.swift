public import Foundation

// Numbers that servers, people, files and databases give may be anything. What is read goes through
// `init(digits:)` or a range; what is worked out of it, through these, which never trap.

extension FixedWidthInteger {
    /// Reads ASCII digits and nothing else (RFC 9110 writes `1*DIGIT`); nil if there are none, if
    /// anything else is among them, or if the number does not fit.
    public init?(digits text: some StringProtocol) {
        guard !text.isEmpty, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
            return nil
        }
        self.init(text)
    }

    /// The whole part of a number, or the nearest number that there is; 0 for NaN.
    public init(saturating number: Double) {
        guard !number.isNaN else {
            self = 0
            return
        }
        self = Self(exactly: number.rounded(.towardZero)) ?? (number < 0 ? .min : .max)
    }

    /// The sum, or the nearest number that there is.
    public func adding(saturating other: Self) -> Self {
        let (sum, overflow) = addingReportingOverflow(other)
        return overflow ? (other < 0 ? .min : .max) : sum
    }

    /// The difference, or the nearest number that there is.
    public func subtracting(saturating other: Self) -> Self {
        let (difference, overflow) = subtractingReportingOverflow(other)
        return overflow ? (other < 0 ? .max : .min) : difference
    }

    /// The product, or the nearest number that there is.
    public func multiplied(saturating factor: Self) -> Self {
        let (product, overflow) = multipliedReportingOverflow(by: factor)
        return overflow ? ((self < 0) == (factor < 0) ? .max : .min) : product
    }
}

extension Duration {
    /// The longest time that is worked out of numbers from outside: some thirty years.
    ///
    /// Added to a moment of a clock it is still one.
    private static let longest = 1e9

    /// A number of seconds, thirty years at most in either direction; zero for NaN.
    public init(saturatingSeconds seconds: Double) {
        let known = seconds.isNaN ? 0 : min(Duration.longest, max(-Duration.longest, seconds))
        self = .seconds(known)
    }
}

extension Date {
    /// The moments that can be written, stored and shown: from the beginning of the year 1 to the end of
    /// the year 9999.
    public static let known =
        Date(timeIntervalSince1970: -62_135_596_800)...Date(timeIntervalSince1970: 253_402_300_799)

    /// The date itself, or the nearest end of ``known``; its beginning for none (NaN).
    public var nearestKnown: Date { min(Date.known.upperBound, max(Date.known.lowerBound, self)) }
}
