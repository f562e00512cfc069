package import ADMModel
package import ADMSystem
import Glibc

/// The directory of a workspace, open and in use by this process, whatever name it has.
///
/// Names change hands: a workspace may be renamed and another one made under the old name. A process that
/// works in one therefore keeps its directory open under a shared lock (flock(2)), which the kernel
/// frees with the process; whoever renames or removes it needs the exclusive one. On file systems
/// without such locks only the comparison of ``isCurrent`` is left.
package final class WorkspaceHold: Sendable {
    /// Where the workspace lay when it was opened.
    package let layout: WorkspaceLayout
    private let directory: Descriptor

    private init(_ layout: WorkspaceLayout, _ directory: Descriptor) {
        self.layout = layout
        self.directory = directory
    }

    deinit {
        // A child between fork and exec still has the directory open, so closing is not enough.
        letGo()
    }

    /// Takes part in using a workspace; waits while another process moves it.
    ///
    /// `identity` is the UUID that the directory must hold; nil if any may.
    ///
    /// - Throws: ``Failure`` with `workspaceNotFound` if the directory of a named identity is missing
    ///   or holds another workspace by now; with `storage`, `interrupted`.
    package static func share(
        _ layout: WorkspaceLayout,
        identity: String? = nil
    ) throws(Failure) -> WorkspaceHold {
        while true {
            let hold = try open(layout, isKnown: identity != nil)
            do throws(Failure) {
                try PatientLock.take(hold.directory.number, LOCK_SH, path: layout.root)
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
                    hold.directory.number,
                    LOCK_EX,
                    path: layout.root
                )
                if !isFree {
                    guard beginning.duration(to: .now) >= patience else {
                        usleep(20_000)
                        continue
                    }
                    return .used(LockHolders.of(hold.directory.number))
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
        /// These use it; none if they cannot be seen.
        case used([ProcessDescription])
    }

    /// Lets others rename and remove the workspace from now on; its directory stays open, so that it is
    /// never mistaken for another one.
    package func letGo() { flock(directory.number, LOCK_UN) }

    /// Whether the path still leads to the directory that is open here.
    package var isCurrent: Bool {
        guard let mine = try? directory.status(),
            let named = try? FileStatus.following(layout.root)
        else { return false }
        return mine.identity == named.identity
    }

    /// Sees that what lies under the path is still this workspace.
    ///
    /// - Throws: ``Failure`` with `workspaceNotFound`.
    package func requireCurrent() throws(Failure) {
        guard isCurrent else { throw WorkspaceHold.replaced(layout) }
    }

    /// The UUID that the directory holds; nil if the file is missing or empty.
    private var identity: String? {
        let file = try? Descriptor.open("id", O_RDONLY | O_NONBLOCK, in: directory)
        guard let bytes = try? file?.readAll(limit: 64) else { return nil }
        let text = String(decoding: bytes, as: UTF8.self)
        return text.split(whereSeparator: \.isWhitespace).first.map { $0.lowercased() }
    }

    private static func open(
        _ layout: WorkspaceLayout,
        isKnown: Bool
    ) throws(Failure) -> WorkspaceHold {
        do {
            return WorkspaceHold(
                layout,
                try Descriptor.open(layout.root, O_RDONLY | O_DIRECTORY)
            )
        } catch {
            if isKnown, error.code == ENOENT || error.code == ENOTDIR { throw replaced(layout) }
            throw Failure(error, "cannot open \(layout.root)", of: .home)
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
