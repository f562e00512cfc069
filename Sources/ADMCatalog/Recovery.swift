package import ADMModel

/// What was found of processes that died while they executed jobs.
package struct Recovery: Sendable, Hashable {
    /// Jobs that were running and are ready again; their bytes are kept up to the last checkpoint.
    package var ready: [Int64] = []
    /// Jobs that were running and are paused, because somebody had asked for that.
    package var paused: [Int64] = []
    /// Jobs that were running and are cancelled, because somebody had asked for that.
    package var cancelled: [Int64] = []
    /// Jobs that were given up because their processes die again and again.
    package var poisoned: [Int64] = []
    /// Jobs whose file was on the way to its final name; claim each to finish the move.
    package var finalizing: [Int64] = []
    /// The events that were appended.
    package var events: [JobEvent] = []

    /// How many processes in a row may die while they run the job, without any progress of it: from now on it
    /// runs alone, to see whether it is the one that kills them.
    static let suspicion = 2
    /// What is recorded while a suspect runs alone; a death then is its own.
    static let onTrial = 3
}
