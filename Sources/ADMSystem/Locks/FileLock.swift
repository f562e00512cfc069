package import ADMModel
import Glibc

/// An exclusive lock on a file, held until the value is released or goes out of scope.
///
/// The lock is advisory and belongs to the open file (flock(2)): it conflicts with every other
/// `FileLock` on that file, in this process too, and the kernel frees it when the process dies in
/// whatever way. The file is created if it is missing, with mode 0600, and never through a
/// symbolic link; a child process does not inherit the lock.
package struct FileLock: ~Copyable, Sendable {
    /// The locked file.
    package let path: String
    private let file: Descriptor

    private init(path: String, file: Descriptor) {
        self.path = path
        self.file = file
    }

    deinit {
        // A child between fork and exec still has the file open, so closing it is not enough.
        flock(file.number, LOCK_UN)
    }

    /// Waits for the lock without a limit; a wait that is long is reported (``LongWaits``).
    ///
    /// It blocks the calling thread: if the wait may be long, call it off the cooperative pool.
    /// A lock file that is deleted or replaced during the wait is created and locked again, so two
    /// holders never lock two files of the same name.
    ///
    /// - Throws: ``Failure`` with `storage` or `noSpace` if the file cannot be opened or its
    ///   file system knows no locks; with `interrupted` if the process is told to end, or the task is
    ///   cancelled, while another one keeps it.
    package static func acquire(path: String) throws(Failure) -> FileLock {
        while true {
            if let lock = try attempt(path, waiting: true) { return lock }
        }
    }

    /// Takes the lock if nobody holds it; nil if somebody does.
    ///
    /// - Throws: ``Failure`` as ``acquire(path:)`` does.
    package static func tryAcquire(path: String) throws(Failure) -> FileLock? {
        try attempt(path, waiting: false)
    }

    /// Runs a short critical section under the lock.
    ///
    /// It blocks the calling thread while another process is in its critical section.
    ///
    /// - Throws: ``Failure`` as ``acquire(path:)`` does, or what `body` throws.
    package static func withLock<R>(path: String, body: () throws -> R) throws -> R {
        let lock = try acquire(path: path)
        let result = Result { try body() }
        lock.release()
        return try result.get()
    }

    /// Gives the lock back now.
    ///
    /// The file stays.
    package consuming func release() {}

    /// Whether nobody holds the lock of an existing file; nil if the file is missing.
    ///
    /// Two processes that ask at the same time disturb neither each other nor the holder. If nobody
    /// holds the lock and `removing` says so, the file is removed.
    static func isFree(path: String, removing: Bool) throws(Failure) -> Bool? {
        while true {
            let file: Descriptor
            do {
                file = try Descriptor.open(path, O_RDONLY | O_NOFOLLOW)
            } catch {
                if error.code == ENOENT { return nil }
                throw Failure(error, "cannot open \(path)", of: .home)
            }
            let probe = FileLock(path: path, file: file)
            // A shared lock: it conflicts with the holder's, but not with that of another asker.
            guard try PatientLock.attempt(file.number, LOCK_SH, path: path) else { return false }
            guard probe.isStillNamed else { continue }
            // A process that creates the file again must first get past the lock that is held here, so
            // this removes exactly the file that was found free.
            if removing { unsafe Glibc.unlink(path) }
            return true
        }
    }

    private static func attempt(_ path: String, waiting: Bool) throws(Failure) -> FileLock? {
        while true {
            let file: Descriptor
            do {
                file = try Descriptor.open(path, O_RDWR | O_CREAT | O_NOFOLLOW, mode: 0o600)
            } catch {
                throw Failure(error, "cannot open \(path)", of: .home)
            }
            let lock = FileLock(path: path, file: file)
            if waiting {
                try PatientLock.take(file.number, LOCK_EX, path: path)
            } else {
                guard try PatientLock.attempt(file.number, LOCK_EX, path: path) else { return nil }
            }
            if lock.isStillNamed { return lock }
        }
    }

    /// Whether the path still names the file that is open here.
    private var isStillNamed: Bool {
        guard let mine = try? file.status(), let named = try? FileStatus.named(path) else {
            return false
        }
        return mine.identity == named.identity
    }
}
