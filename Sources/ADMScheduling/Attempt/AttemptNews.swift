package import ADMModel

/// What a run tells of itself while it lasts.
package enum AttemptNews: Sendable {
    /// Every byte has arrived: another job may have the slot.
    case bytesArrived
    /// The transfer could not resume after a stop.
    case cannotResume
    /// An origin answered: this is how many connections the file could use.
    case answered(SourceURL.Origin, connections: Int)
}
