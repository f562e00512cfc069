/// The SplitMix64 generator of pseudo-random words, as a function of seed and position.
///
/// See Steele, Lea and Flood: Fast splittable pseudorandom number generators (OOPSLA 2014).
package enum SplitMix64 {
    /// The word at `index` of the sequence that `seed` starts.
    package static func mix(_ seed: UInt64, _ index: UInt64) -> UInt64 {
        var word = seed &+ (index &+ 1) &* 0x9E37_79B9_7F4A_7C15
        word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
        word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
        return word ^ (word >> 31)
    }
}
