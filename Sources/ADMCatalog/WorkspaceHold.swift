package import ADMModel
import Glibc

/// The directory of a workspace, open and in use by this process, whatever name it has.
///
/// Names change hands: a workspace may be renamed and another one made under the old name. Whoever
/// works in one therefore keeps its directory open under a shared lock (flock(2)), which the kernel
/// frees with the process; whoever renames or removes it needs the exclusive one. On file systems
/// without such locks only the comparison of ``isCurrent`` is left.
package final class WorkspaceHold: Sendable {
    /// Where the workspace lay when it was opened.
    package let layout: WorkspaceLayout
    private let descriptor: Int32

    private init(_ layout: WorkspaceLayout, _ descriptor: Int32) {
        self.layout = layout
        self.descriptor = descriptor
    }

    deinit {
        // A child between fork and exec still has the directory open, so closing is not enough.
        flock(descriptor, LOCK_UN)
        close(descriptor)
    }

    /// Takes part in using a workspace; waits while another process moves it.
    ///
    /// `identity` is the UUID that the directory must hold; nil where any may.
    ///
    /// - Throws: ``Failure`` with `workspaceNotFound` where the directory of a named identity is missing
    ///   or holds another workspace by now; with `storage`, `interrupted`.
    package static func share(
        _ layout: WorkspaceLayout,
        identity: String? = nil
    ) throws(Failure) -> WorkspaceHold {
        while true {
            let hold = try open(layout, isKnown: identity != nil)
            do throws(Failure) {
                try PatientLock.take(hold.descriptor, LOCK_SH, path: layout.root)
            } catch  where error.code == .storage {
                // The file system knows no locks.
            }
            guard hold.isCurrent else { continue }
            if let identity, let present = hold.identity, present != identity {
                throw WorkspaceHold.replaced(layout)
            }
            return hold
        }
    }

    /// Keeps everyone else out, for as long as the value lives.
    ///
    /// Short commands are waited for.
    ///
    /// - Returns: The hold, or who uses the workspace.
    /// - Throws: ``Failure`` as ``share(_:identity:)`` does.
    package static func exclude(
        _ layout: WorkspaceLayout,
        patience: Duration = .seconds(1)
    ) throws(Failure) -> Exclusion {
        let beginning = ContinuousClock.now
        while true {
            let hold = try open(layout, isKnown: true)
            do throws(Failure) {
                let isFree = try PatientLock.attempt(
                    hold.descriptor,
                    LOCK_EX,
                    path: layout.root
                )
                if !isFree {
                    guard beginning.duration(to: .now) >= patience else {
                        usleep(20_000)
                        continue
                    }
                    return .used(LockHolders.of(hold.descriptor))
                }
            } catch  where error.code == .storage {
                // The file system knows no locks.
            }
            if hold.isCurrent { return .held(hold) }
        }
    }

    /// What became of the wish to be alone in a workspace.
    package enum Exclusion: Sendable {
        /// Nobody else uses it.
        case held(WorkspaceHold)
        /// These use it; none where they cannot be seen.
        case used([ProcessDescription])
    }

    /// Lets others rename and remove the workspace from now on; its directory stays open, so that it is
    /// never mistaken for another one.
    package func letGo() { flock(descriptor, LOCK_UN) }

    /// Whether the path still leads to the directory that is open here.
    package var isCurrent: Bool {
        var mine = stat()
        var named = stat()
        guard unsafe fstat(descriptor, &mine) == 0, unsafe stat(layout.root, &named) == 0 else {
            return false
        }
        return mine.st_dev == named.st_dev && mine.st_ino == named.st_ino
    }

    /// Sees that what lies under the path is still this workspace.
    ///
    /// - Throws: ``Failure`` with `workspaceNotFound`.
    package func requireCurrent() throws(Failure) {
        guard isCurrent else { throw WorkspaceHold.replaced(layout) }
    }

    /// The UUID that the directory holds; nil where the file is missing or empty.
    private var identity: String? {
        let file = unsafe openat(descriptor, "id", O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard file >= 0 else { return nil }
        defer { close(file) }
        var bytes = [UInt8](repeating: 0, count: 64)
        let count = unsafe read(file, &bytes, bytes.count)
        guard count > 0 else { return nil }
        let text = String(decoding: bytes.prefix(count), as: UTF8.self)
        return text.split(whereSeparator: \.isWhitespace).first.map { $0.lowercased() }
    }

    private static func open(
        _ layout: WorkspaceLayout,
        isKnown: Bool
    ) throws(Failure) -> WorkspaceHold {
        while true {
            let descriptor = unsafe Glibc.open(layout.root, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
            guard descriptor < 0 else { return WorkspaceHold(layout, descriptor) }
            switch errno {
            case EINTR: continue
            case ENOENT where isKnown, ENOTDIR where isKnown: throw replaced(layout)
            default: throw Failure.system(errno, "open", layout.root)
            }
        }
    }

    private static func replaced(_ layout: WorkspaceLayout) -> Failure {
        Failure(
            .workspaceNotFound,
            "the workspace in \(layout.root) was renamed, removed or replaced meanwhile",
            hint: "adm ws list shows the workspaces; run the command again with the right name"
        )
    }
}
