package import ADMModel
import CADMSystem
import Glibc

/// Makes files durable together: those that wait at the same time share the disk's work.
///
/// Many small files are bound by syncs: 4,000 files of 4 KiB took 1.12 s with one `fdatasync` each and
/// 0.26 s with one `syncfs` for 256 of them (ext4, measured). One caller at a time does the work for all
/// that wait on one file system; who comes meanwhile takes part in the next round. A slow disk holds up
/// its own files alone.
package actor SharedSync {
    /// From so many files on one file system its whole cache is written at once (`man 2 syncfs`),
    /// which also writes what other programs have there.
    package static let crowd = 12

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

    /// Shares the syncs of bytes: see ``PartFile/sync()``.
    package static func ofBytes() -> SharedSync { SharedSync(SharedSync.syncBytes) }

    /// Shares the syncs of final names: see ``PartFile/syncName()``.
    package static func ofNames() -> SharedSync { SharedSync(SharedSync.syncNames) }

    /// Waits until the file is durable; cancellation changes nothing about that.
    ///
    /// - Throws: ``Failure`` with `storage` or `noSpace` of this file.
    package func sync(_ part: PartFile) async throws(Failure) {
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

    @Sendable private static func syncBytes(_ parts: [PartFile]) -> [Result<Void, Failure>] {
        let isAll =
            parts.count >= crowd
            && parts.first.map { adm_sync_file_system($0.file.number) == 0 } == true
        return parts.map { part in
            // Where the whole did not succeed, each file says what is wrong with it.
            Result { () throws(Failure) in
                if isAll { try part.wasSyncedWithAll() } else { try part.sync() }
            }
        }
    }

    @Sendable private static func syncNames(_ parts: [PartFile]) -> [Result<Void, Failure>] {
        var synced: [String: Result<Void, Failure>] = [:]
        return parts.map { part in
            if let result = synced[part.directory] { return result }
            let result = Result { () throws(Failure) in try part.syncName() }
            synced[part.directory] = result
            return result
        }
    }
}
