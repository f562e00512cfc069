import ADMSystem
import Synchronization

/// Notices what other programs do to a part file while it is written: shorten it, write into it.
///
/// What happens between two of its looks and is undone again is not noticed, nor is a program that keeps the
/// file open for writing until the end.
final class PartGuard: Sendable {
    private let file: Descriptor
    private let touches = WriteWatch.Count()
    private let place: WriteWatch.Place?
    /// How long the file is by what adm itself did.
    private let length: Atomic<Int64>
    private let isSealed = Atomic(false)
    private let state = Mutex(State())

    private struct State {
        /// How many of the touches did no harm, by a digest that was computed after them.
        var harmless = 0
        /// When the file was changed last before it was sealed; nil if that means nothing.
        var writtenAt: FileStatus.Time?
        var hasEnded = false
    }

    /// Begins with a file that was just opened and locked; `path` is its name.
    init(_ file: Descriptor, path: String, length: Int64) {
        self.file = file
        self.length = Atomic(length)
        place = WriteWatch.shared.begin(file, path, touches)
    }

    deinit { end() }

    /// Ends the watch; what was noticed stays.
    func end() {
        let isFirst = state.withLock { state in
            defer { state.hasEnded = true }
            return !state.hasEnded
        }
        guard isFirst, let place else { return }
        _ = touchCount
        WriteWatch.shared.end(place, touches)
    }

    // MARK: - Own writes

    /// Whether the file still has all bytes that were written, before more are.
    func isWhole() throws(Errno) -> Bool {
        if isSealed.load(ordering: .relaxed) { unseal() }
        let wanted = length.load(ordering: .acquiring)
        guard wanted > 0 else { return true }
        if try file.status().length >= wanted { return true }
        touches.add()
        return false
    }

    /// adm wrote bytes up to `end`.
    func wrote(upTo end: Int64) { length.max(end, ordering: .releasing) }

    /// adm made the file this long.
    func changed(to end: Int64) {
        if isSealed.load(ordering: .relaxed) { unseal() }
        length.store(end, ordering: .releasing)
    }

    // MARK: - Others

    /// How often others touched the file.
    var touchCount: Int { WriteWatch.shared.total(touches) }

    /// Whether others touched the file and no digest said afterwards that it did no harm.
    var isTouched: Bool { touchCount > state.withLock(\.harmless) }

    /// This many touches did no harm.
    func trust(_ count: Int) { state.withLock { $0.harmless = max($0.harmless, count) } }

    /// Nothing more is written: from now on any change of the file is somebody else's.
    func seal() throws(Errno) {
        guard !isSealed.load(ordering: .relaxed) else { return }
        // Other machines change the time when they write what they have kept back.
        let isTold = file.isOnLocalFileSystem
        let time = isTold ? try file.status().writtenAt : nil
        state.withLock { $0.writtenAt = time }
        isSealed.store(true, ordering: .relaxed)
    }

    private func unseal() {
        isSealed.store(false, ordering: .relaxed)
        state.withLock { $0.writtenAt = nil }
    }

    /// Whether the file is as adm left it, and as long as it has to be if `wanted` says so.
    func isUntouched(wanted: Int64? = nil) throws(Errno) -> Bool {
        guard !isTouched else { return false }
        let status = try file.status()
        let sealed = state.withLock(\.writtenAt)
        return status.length == length.load(ordering: .acquiring)
            && status.length == wanted ?? status.length
            && (sealed == nil || sealed == status.writtenAt)
    }
}
