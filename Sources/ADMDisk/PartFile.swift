package import ADMModel
package import ADMSystem
import Dispatch
import Glibc
import Synchronization

/// The partial file of one job, `DIRECTORY/.adm-part/JOB.part`: open and locked while this lives.
///
/// All methods may be called from any thread, several at once. All of them block in the kernel;
/// only ``write(_:at:)`` is made to be called on an event loop.
package final class PartFile: Sendable {
    /// The job whose bytes it holds.
    package let job: JobID
    /// The directory that the file is delivered into, absolute.
    package let directory: String
    /// Which file it is; stays the same when it gets its final name.
    package let identity: FileIdentity
    /// Whether this opening made it: an older record of bytes on disk is then void.
    package let isNew: Bool

    /// The open directory of partial files.
    let parts: PartsDirectory
    /// The open file.
    let file: Descriptor
    /// Notices what others do to it.
    let watch: PartGuard
    private let isNameDurable: Atomic<Bool>
    private let hasLostBytes = Atomic(false)
    /// Until when writes are taken to be slow, on the clock of ``SlowWrites``.
    let slowUntil = Atomic<UInt64>(0)
    /// How much must stay free on the file system, and when that was looked at last.
    let space = SpaceGuard()
    /// Where writes are done while they are slow.
    let thread = DispatchQueue(label: "adm.disk")

    /// Takes what ``open(directory:job:create:)`` opened and locked.
    init(
        job: JobID,
        parts: PartsDirectory,
        file: Descriptor,
        status: FileStatus,
        isNew: Bool
    ) {
        self.job = job
        directory = parts.parent.path
        identity = status.identity
        watch = PartGuard(
            file,
            path: "\(parts.path)/\(PartFile.name(job))",
            length: status.length
        )
        self.isNew = isNew
        self.parts = parts
        self.file = file
        isNameDurable = Atomic(!isNew)
    }

    /// The partial file's path, for messages.
    package var path: String { "\(parts.path)/\(name)" }

    /// Its name inside the directory of partial files.
    var name: String { PartFile.name(job) }

    /// The name of a job's partial file.
    static func name(_ job: JobID) -> String { "\(job).part" }

    /// Its length in bytes, holes included.
    ///
    /// - Throws: ``Failure`` with `storage`.
    package var length: Int64 {
        get throws(Failure) { try status().length }
    }

    /// The bytes it occupies on its file system already, reserved ones included.
    ///
    /// - Throws: ``Failure`` with `storage`.
    package var allocatedLength: Int64 {
        get throws(Failure) { try status().allocated }
    }

    /// Writes bytes at an offset, all of them (`man 2 pwrite`).
    ///
    /// The bytes are safe only after ``sync()``. Writers of ranges that overlap must agree.
    ///
    /// - Throws: ``Failure`` with `noSpace`, also if less would stay free than ``keepFree(_:)`` says,
    ///   or `storage`, also if another program has shortened the file; some of the bytes may then
    ///   be written.
    package func write(_ bytes: borrowing RawSpan, at offset: Int64) throws(Failure) {
        let beginning = SlowWrites.now
        try requireSpace(for: bytes.byteCount, at: beginning)
        var isWhole = true
        do {
            isWhole = try watch.isWhole()
            try unsafe bytes.withUnsafeBytes { (buffer) throws(Errno) in
                try unsafe file.write(buffer, at: offset)
            }
        } catch {
            throw Failure(error, "cannot write \(path)")
        }
        guard isWhole else { throw touched }
        if bytes.byteCount > 0 { watch.wrote(upTo: offset + Int64(bytes.byteCount)) }
        noteWrite(since: beginning)
    }

    /// Makes the file exactly this long; longer than it is adds a hole, shorter drops bytes.
    ///
    /// - Throws: ``Failure`` with `noSpace` or `storage`.
    package func truncate(to length: Int64) throws(Failure) {
        try Failure.describing("cannot change the length of \(path)") { () throws(Errno) in
            try file.setLength(length)
        }
        watch.changed(to: length)
    }

    /// Lets the kernel begin to write to the disk, so that ``sync()`` has less to wait for.
    ///
    /// It may wait for a busy disk's queue and reports nothing: ``sync()`` does.
    package func startWriteback() { file.startWriteback() }

    /// Waits until all bytes written before the call survive a power loss (`man 2 fdatasync`).
    ///
    /// After a failure the kernel has forgotten which bytes it lost, and a second call would
    /// succeed. So every later ``sync()`` and delivery fails too; what counts are the bytes
    /// recorded after the last success, and the rest is to be fetched again with a new opening.
    ///
    /// - Throws: ``Failure`` with `storage` or `noSpace`.
    package func sync() throws(Failure) {
        var none: Set<String> = []
        try sync(besides: &none)
    }

    /// Does what ``sync()`` does; the directories in `synced` were synced since the file was made.
    func sync(besides synced: inout Set<String>) throws(Failure) {
        try requireAllBytes()
        do {
            try file.syncData()
            if !isNameDurable.load(ordering: .relaxed) {
                if !synced.contains(parts.path) {
                    try parts.descriptor.syncDirectory()
                    try parts.parent.descriptor.syncDirectory()
                    synced.insert(parts.path)
                }
                isNameDurable.store(true, ordering: .relaxed)
            }
        } catch {
            hasLostBytes.store(true, ordering: .relaxed)
            throw Failure(error, "cannot make \(path) durable")
        }
    }

    /// Notes that the whole file system was synced, its directories too (`man 2 syncfs`).
    ///
    /// - Throws: ``Failure`` with `storage` if bytes of this file were lost on the way, which that
    ///   call does not tell to everybody.
    func wasSyncedWithAll() throws(Failure) {
        try requireAllBytes()
        do { try file.checkWriteback() } catch {
            hasLostBytes.store(true, ordering: .relaxed)
            throw Failure(error, "cannot make \(path) durable")
        }
        isNameDurable.store(true, ordering: .relaxed)
    }

    /// How often other programs touched the file while it was open here.
    package var touchCount: Int { watch.touchCount }

    /// Whether other programs touched the file, and no digest said afterwards that it did no harm.
    package var isTouched: Bool { watch.isTouched }

    /// Whether something else has its name now.
    package var isReplaced: Bool { (try? parts.descriptor.status(of: name)?.identity) != identity }

    /// Counts this many touches as harmless, because a digest of all bytes that was computed after them is
    /// right.
    package func trust(touches: Int) { watch.trust(touches) }

    /// Nothing more is written: what changes the file from now on is somebody else.
    ///
    /// - Throws: ``Failure`` with `storage`.
    package func seal() throws(Failure) {
        try Failure.describing("cannot read \(path)") { () throws(Errno) in try watch.seal() }
    }

    /// Refuses a file that is not as adm left it; `length` is how long it has to be.
    ///
    /// - Throws: ``Failure`` with `storage` if it was shortened, changed, moved or replaced.
    package func requireUntouched(length: Int64? = nil) throws(Failure) {
        try requireUnchanged(length: length)
        guard try isInPlace else { throw touched }
    }

    /// Refuses a file that was shortened or changed, whatever has its name.
    func requireUnchanged(length: Int64? = nil) throws(Failure) {
        let isFine = try Failure.describing("cannot read \(path)") { () throws(Errno) in
            try watch.isUntouched(wanted: length)
        }
        guard isFine else { throw touched }
    }

    private var touched: Failure {
        Failure(
            .storage,
            "\(path) was changed by another program while it was downloaded",
            hint:
                "its bytes were not kept; leave \(SafeName.partsDirectory) alone and fetch the"
                + " file again"
        )
    }

    /// Refuses to continue with a file of which the disk lost bytes.
    func requireAllBytes() throws(Failure) {
        guard hasLostBytes.load(ordering: .relaxed) else { return }
        throw Failure(
            .storage,
            "the disk failed to keep bytes of \(path)",
            hint: "check the disk, then resume the job: what is not safe is fetched again"
        )
    }

    /// Whether the partial file is still under its name, and nothing else is.
    ///
    /// - Throws: ``Failure`` with `storage`.
    var isInPlace: Bool {
        get throws(Failure) {
            try Failure.describing("cannot read \(path)") { () throws(Errno) in
                try parts.descriptor.status(of: name)?.identity == identity
            }
        }
    }

    /// The group that the file belongs to.
    ///
    /// - Throws: ``Failure`` with `storage`.
    var group: UInt32 {
        get throws(Failure) { try status().group }
    }

    private func status() throws(Failure) -> FileStatus {
        try Failure.describing("cannot read \(path)") { () throws(Errno) in try file.status() }
    }
}

extension PartFile {
    /// Whether a write had to wait for the disk a moment ago.
    package var isSlow: Bool { isSlow(at: SlowWrites.now) }

    /// Whether a write had to wait for the disk a moment before `time`, in nanoseconds of
    /// `DispatchTime`; before the first such write never.
    package func isSlow(at time: UInt64) -> Bool {
        let until = slowUntil.load(ordering: .relaxed)
        return until > 0 && time < until
    }

    /// Runs work on a thread of this file, one after another.
    package func onOwnThread(_ body: @escaping @Sendable () -> Void) {
        thread.async(execute: body)
    }

    func noteWrite(since beginning: UInt64) {
        let now = SlowWrites.now
        guard now - beginning > SlowWrites.limit else { return }
        slowUntil.store(now + SlowWrites.memory, ordering: .relaxed)
    }
}
