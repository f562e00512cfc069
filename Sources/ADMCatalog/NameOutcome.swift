package import ADMModel

/// What became of a move that takes a file name for a job.
package enum NameOutcome: Sendable, Hashable {
    /// Recorded; the name now belongs to this job until it is finished.
    case recorded([JobEvent])
    /// Another unfinished job has that name in that directory; nothing was changed.
    case nameTaken
    /// The claim is not valid any more; nothing was changed.
    case lost
}
