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

    /// Waits until the final name of a file is durable: see ``PartFile/syncName()``.
    ///
    /// Cancellation changes nothing about that.
    ///
    /// - Throws: ``Failure`` with `storage` or `noSpace` of this file.
    package func syncName(_ part: PartFile) async throws(Failure) { try await names.sync(part) }
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

    private struct Waiting {
        let part: PartFile
        let continuation: CheckedContinuation<Turn, Never>
    }

    private let work: @Sendable ([PartFile]) -> [Result<Void, Failure>]
    /// The files of each file system that is being synced.
    private var waiting: [Int64: [Waiting]] = [:]

    init(_ work: @escaping @Sendable ([PartFile]) -> [Result<Void, Failure>]) {
        self.work = work
    }

    /// Waits until the file is durable; cancellation changes nothing about that.
    ///
    /// - Throws: ``Failure`` with `storage` or `noSpace` of this file.
    func sync(_ part: PartFile) async throws(Failure) {
        let device = part.identity.device
        if waiting[device] != nil {
            let turn = await withCheckedContinuation { continuation in
                waiting[device, default: []].append(
                    Waiting(part: part, continuation: continuation)
                )
            }
            if case .done(let result) = turn { return try result.get() }
        }
        let others = waiting.updateValue([], forKey: device) ?? []
        let parts = [part] + others.map(\.part)
        let work = work
        let results = await Blocking.run { work(parts) }
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

    @Sendable static func syncBytes(_ parts: [PartFile]) -> [Result<Void, Failure>] {
        let isAll =
            parts.count >= crowd && (try? parts.first?.file.syncFileSystem()) != nil
        return parts.map { part in
            // If the whole did not succeed, each file says what is wrong with it.
            Result { () throws(Failure) in
                if isAll { try part.wasSyncedWithAll() } else { try part.sync() }
            }
        }
    }

    @Sendable static func syncNames(_ parts: [PartFile]) -> [Result<Void, Failure>] {
        var synced: [String: Result<Void, Failure>] = [:]
        return parts.map { part in
            if let result = synced[part.directory] { return result }
            let result = Result { () throws(Failure) in try part.syncName() }
            synced[part.directory] = result
            return result
        }
    }
}
