import ADMDisk
import ADMModel

/// The digest of a file that is still arriving.
extension Transfer {
    /// So many bytes are worth a call.
    private static let step: Int64 = 8_388_608
    /// At most so many are taken by one call, so that the end of a transfer waits for little.
    private static let longest: Int64 = 33_554_432

    /// Begins to follow where somebody will ask for a digest; one that was begun goes on.
    func follow(_ part: PartFile) {
        guard following?.part !== part,
            let algorithm = plan.expected?.algorithm
                ?? (plan.pieces == nil ? digests.first?.algorithm : nil)
        else { return }
        following = FollowingDigest(algorithm, of: part)
    }

    /// Goes on with the digest; what could not be read is read at the end, where a failure is reported.
    func digested(_ isFine: Bool, in group: inout ThrowingTaskGroup<Step, any Error>) {
        isDigesting = false
        if isFine { addDigesting(to: &group) } else { following = nil }
    }

    /// Takes what has arrived from the beginning on, and what no connection writes to any more.
    func addDigesting(to group: inout ThrowingTaskGroup<Step, any Error>) {
        guard let following, !isDigesting else { return }
        let position = following.position
        let front = open.settled(over: state.done)
        guard front - position >= Transfer.step else { return }
        isDigesting = true
        group.addTask {
            do {
                try await following.extend(to: min(front, position + Transfer.longest))
                return .digested(true)
            } catch { return .digested(false) }
        }
    }
}
