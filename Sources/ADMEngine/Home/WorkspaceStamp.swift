import ADMModel
import Glibc

/// What the files of a workspace look like from outside; it changes when somebody changes its jobs or its profile.
struct WorkspaceStamp: Sendable, Hashable {
    private let marks: [Int64]
    /// The part that a person changes, but no process that works in the workspace.
    let profile: [Int64]

    /// Looks at the files; one that is missing is a mark too.
    init(_ layout: WorkspaceLayout) {
        profile = WorkspaceStamp.marks(layout.profile)
        marks = [layout.database, layout.database + "-wal"].flatMap(WorkspaceStamp.marks)
    }

    private static func marks(_ path: String) -> [Int64] {
        var status = stat()
        guard unsafe stat(path, &status) == 0 else { return [-1] }
        return [
            Int64(bitPattern: UInt64(status.st_ino)), Int64(status.st_size),
            Int64(status.st_mtim.tv_sec), Int64(status.st_mtim.tv_nsec),
        ]
    }

    /// Creates a stamp of its own, for tests of what decides by it.
    init(marks: [Int64], profile: [Int64] = []) {
        self.marks = marks
        self.profile = profile
    }
}
