import ADMTestServer

/// A generator of pseudo-random numbers that follow from its seed, so that a failing case can be repeated.
package struct SeededGenerator: RandomNumberGenerator, Sendable {
    private let seed: UInt64
    private var position: UInt64 = 0

    /// Begins the sequence of a seed.
    package init(seed: UInt64) { self.seed = seed }

    /// The next number of the sequence.
    package mutating func next() -> UInt64 {
        defer { position &+= 1 }
        return SplitMix64.mix(seed, position)
    }
}
