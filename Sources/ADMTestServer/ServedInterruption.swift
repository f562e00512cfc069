/// Something that happens in the middle of a body.
package struct ServedInterruption: Sendable, Hashable {
    /// What happens.
    package var effect: Effect
    /// After how many body bytes of this answer.
    package var position: Position
    /// To which requests; only answers that are long enough count.
    package var trigger: FaultTrigger

    /// What happens in the middle of a body.
    package enum Effect: Sendable, Hashable {
        /// The connection is closed; over TLS without `close_notify`.
        case cut
        /// The connection is reset (RST); bytes that were still under way may be lost.
        case reset
        /// Nothing more is sent until ``TestServer/release(_:)``.
        case stall
        /// The rest comes at this many bytes per second.
        case slow(bytesPerSecond: Int)
    }

    /// Where in a body something happens.
    package enum Position: Sendable, Hashable {
        /// After exactly this many body bytes.
        case after(Int64)
        /// Somewhere before the end: another place each time, the same places for the same seed.
        case random(seed: UInt64)
    }

    /// Creates an interruption.
    package init(
        _ effect: Effect,
        _ position: Position,
        _ trigger: FaultTrigger = .always
    ) {
        self.effect = effect
        self.position = position
        self.trigger = trigger
    }

    /// Closes the connection after `bytes` body bytes.
    package static func cut(after bytes: Int64, _ trigger: FaultTrigger = .always) -> Self {
        ServedInterruption(.cut, .after(bytes), trigger)
    }

    /// Resets the connection after `bytes` body bytes.
    package static func reset(after bytes: Int64, _ trigger: FaultTrigger = .always) -> Self {
        ServedInterruption(.reset, .after(bytes), trigger)
    }

    /// Falls silent after `bytes` body bytes.
    package static func stall(after bytes: Int64, _ trigger: FaultTrigger = .always) -> Self {
        ServedInterruption(.stall, .after(bytes), trigger)
    }

    /// Where it happens in a body of `count` bytes the `seen`-th time, nil if it does not.
    func offset(inBodyOf count: Int64, seen: Int) -> Int64? {
        switch position {
        case .after(let bytes): return bytes <= count ? bytes : nil
        case .random(let seed):
            guard count > 0 else { return nil }
            return Int64(SplitMix64.mix(seed, UInt64(seen)) % UInt64(count))
        }
    }
}
