/// A request to run the workspace's whole queue.
struct Drain: Sendable, Hashable {
    /// Whether it ends when nothing is left to do.
    let untilEmpty: Bool
    /// How many jobs may still begin; nil for any number.
    var left: Int?
}
