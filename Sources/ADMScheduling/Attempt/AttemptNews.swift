package import ADMModel

/// What a run tells of itself while it lasts.
package enum AttemptNews: Sendable {
    /// Every byte has arrived: another job may have the slot.
    case bytesArrived
    /// The transfer could not resume after a stop.
    case cannotResume
    /// An origin answered, and the file could use so many connections.
    case answered(SourceURL.Origin, connections: Int)
}
