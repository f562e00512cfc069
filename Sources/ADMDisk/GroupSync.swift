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
    /// - Parameters:
    ///   - part: The file.
    ///   - next: What is done with it as soon as they are, on the thread that blocks anyway.
    /// - Throws: ``Failure`` with `storage` or `noSpace` of this file; what `next` throws.
    package func sync(
        _ part: PartFile,
        then next: @escaping Step = {}
    ) async throws(Failure) {
        try await bytes.sync(part, next)
    }

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
}

/// Rounds of one kind of sync, of which each does the work for all that waited for it.
actor SyncRounds {
    /// From this many files on one file system its whole cache is written at once (`man 2 syncfs`),
    /// which also writes what other programs have there.
    static let crowd = 12

    private enum Turn {
        case done(Result<Void, Failure>)
        case lead
    }

    /// A file of a round, and what is done with it there.
    struct Item: Sendable {
        let part: PartFile
        let step: GroupSync.Step
    }

    private struct Waiting {
        let item: Item
        let continuation: CheckedContinuation<Turn, Never>
    }

    private let work: @Sendable ([Item]) -> [Result<Void, Failure>]
    /// The files of each file system that is being synced.
    private var waiting: [Int64: [Waiting]] = [:]

    init(_ work: @escaping @Sendable ([Item]) -> [Result<Void, Failure>]) {
        self.work = work
    }

    /// Waits until the file is durable; cancellation changes nothing about that.
    ///
    /// - Throws: ``Failure`` with `storage` or `noSpace` of this file; what its step throws.
    func sync(_ part: PartFile, _ step: @escaping GroupSync.Step = {}) async throws(Failure) {
        let item = Item(part: part, step: step)
        let device = part.identity.device
        if waiting[device] != nil {
            let turn = await withCheckedContinuation { continuation in
                waiting[device, default: []].append(
                    Waiting(item: item, continuation: continuation)
                )
            }
            if case .done(let result) = turn { return try result.get() }
        }
        let others = waiting.updateValue([], forKey: device) ?? []
        let items = [item] + others.map(\.item)
        let work = work
        let results = await Blocking.run { work(items) }
        for (other, result) in zip(others, results.dropFirst()) {
            other.continuation.resume(returning: .done(result))
        }
        if waiting[device]?.isEmpty ?? true {
            waiting[device] = nil
        } else {
            waiting[device]?.removeFirst().continuation.resume(returning: .lead)
        }
        if let own = results.first { try own.get() }
    }

    // MARK: - The work

    @Sendable static func syncBytes(_ items: [Item]) -> [Result<Void, Failure>] {
        let isAll =
            items.count >= crowd && (try? items.first?.part.file.syncFileSystem()) != nil
        return items.map { item in
            // If the whole did not succeed, each file says what is wrong with it.
            Result { () throws(Failure) in
                if isAll { try item.part.wasSyncedWithAll() } else { try item.part.sync() }
                try item.step()
            }
        }
    }

    @Sendable static func syncNames(_ items: [Item]) -> [Result<Void, Failure>] {
        let placed = items.map { item in Result { () throws(Failure) in try item.step() } }
        var synced: [String: Result<Void, Failure>] = [:]
        return zip(items, placed).map { item, placed in
            guard case .success = placed else { return placed }
            let directory = item.part.directory
            if let result = synced[directory] { return result }
            let result = Result { () throws(Failure) in try item.part.syncName() }
            synced[directory] = result
            return result
        }
    }
}
