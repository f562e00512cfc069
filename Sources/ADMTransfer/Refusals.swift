/// Ways of asking that the server refused in one run.
struct Refusals: Sendable, Hashable {
    /// Any range.
    var ranges = false
    /// A range with the first request; further requests may still ask for one.
    var firstRange = false
    /// A range on condition (`If-Range`).
    var condition = false
    /// Several requests at the same time.
    var parallel = false
    /// How often it refused.
    var count = 0
}
