package import ADMModel
import ADMSystem
import Glibc

/// Makes part files and their final names durable, many at a time; one for a process.
///
/// Many small files are bound by syncs: 4,000 files of 4 KiB took 1.12 s with one `fdatasync` each and
/// 0.26 s with one `syncfs` for 256 of them (ext4, measured). One caller at a time does the work for all
/// that wait on one file system; those that come during a round take part in the next one. A slow disk
/// holds up its own files alone.
package struct GroupSync: Sendable {
    private let bytes = SyncRounds(SyncRounds.syncBytes)
    private let names = SyncRounds(SyncRounds.syncNames)

    /// Begins with nothing to sync.
    package init() {}

    /// Waits until the bytes of a file are durable: see ``PartFile/sync()``.
    ///
    /// Cancellation changes nothing about that.
    ///
    /// - Throws: ``Failure`` with `storage` or `noSpace` of this file.
    package func sync(_ part: PartFile) async throws(Failure) { try await bytes.sync(part) }

    /// Gives a file its final name, and waits until that is durable: see ``PartFile/syncName()``.
    ///
    /// Cancellation changes nothing about that.
    ///
    /// - Parameters:
    ///   - part: The file.
    ///   - place: What gives it the name, on the thread that blocks anyway.
    /// - Throws: What `place` throws; ``Failure`` with `storage` or `noSpace` of this file.
    package func syncName(
        _ part: PartFile,
        after place: @escaping Step
    ) async throws(Failure) {
        try await names.sync(part, place)
    }

    /// Something that is done with one file in a round.
    package typealias Step = @Sendable () throws(Failure) -> Void

    /// A file, and what is done with it in a round.
    package struct File<Value: Sendable>: Sendable {
        let part: PartFile
        let step: @Sendable () throws(Failure) -> Value

        /// Creates a file with what is done with it.
        package init(
            _ part: PartFile,
            _ step: @escaping @Sendable () throws(Failure) -> Value
        ) {
            self.part = part
            self.step = step
        }
    }

    /// Makes the bytes of files of one file system durable as ``sync(_:)`` does, and then does what belongs to
    /// each.
    package static func sync<Value>(_ files: [File<Value>]) async -> [Result<Value, Failure>] {
        await Blocking.run { SyncRounds.syncBytes(files) }
    }

    /// Gives files their final names, and makes those durable, as ``syncName(_:after:)`` does.
    package static func syncNames(_ files: [File<Void>]) async -> [Result<Void, Failure>] {
        await Blocking.run { SyncRounds.syncNames(files) }
    }
}

/// Rounds of one kind of sync, of which each does the work for all that waited for it.
struct SyncRounds: Sendable {
    /// From this many files on one file system its whole cache is written at once (`man 2 syncfs`),
    /// which also writes what other programs have there.
    static let crowd = 12

    private let rounds: Rounds<GroupSync.File<Void>, Result<Void, Failure>>

    init(_ work: @escaping @Sendable ([GroupSync.File<Void>]) -> [Result<Void, Failure>]) {
        rounds = Rounds { files in await Blocking.run { work(files) } }
    }

    /// Waits until the file is durable; cancellation changes nothing about that.
    ///
    /// - Throws: ``Failure`` with `storage` or `noSpace` of this file; what its step throws.
    func sync(_ part: PartFile, _ step: @escaping GroupSync.Step = {}) async throws(Failure) {
        let file = GroupSync.File(part, step)
        try await rounds.take(file, in: part.identity.device).get()
    }

    // MARK: - The work

    @Sendable static func syncBytes<Value>(
        _ files: [GroupSync.File<Value>]
    ) -> [Result<Value, Failure>] {
        let isAll =
            files.count >= crowd && (try? files.first?.part.file.syncFileSystem()) != nil
        // All of these files were made before the first of these directories is synced.
        var directories: Set<String> = []
        return files.map { file in
            // If the whole did not succeed, each file says what is wrong with it.
            Result { () throws(Failure) in
                if isAll {
                    try file.part.wasSyncedWithAll()
                } else {
                    try file.part.sync(besides: &directories)
                }
                return try file.step()
            }
        }
    }

    @Sendable static func syncNames(_ files: [GroupSync.File<Void>]) -> [Result<Void, Failure>] {
        let placed = files.map { file in Result { () throws(Failure) in try file.step() } }
        var synced: [String: Result<Void, Failure>] = [:]
        return zip(files, placed).map { file, placed in
            guard case .success = placed else { return placed }
            let directory = file.part.directory
            if let result = synced[directory] { return result }
            let result = Result { () throws(Failure) in try file.part.syncName() }
            synced[directory] = result
            return result
        }
    }
}
