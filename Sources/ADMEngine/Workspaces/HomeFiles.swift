import ADMModel
import ADMSystem
import Foundation
import Synchronization

/// The files below one `ADM_HOME`: where they lie, which workspaces there are, and the lock of all that changes them.
///
/// Each workspace is a directory of its own; nothing registers them anywhere else. Whatever changes
/// the set of workspaces happens under one lock and becomes visible by one rename, so that a process
/// killed at any moment leaves every workspace whole or absent.
///
/// What is done here blocks the thread: call it off the pool that tasks share.
struct HomeFiles: Sendable {
    /// Where everything lies.
    let layout: HomeLayout
    /// The environment variables that selection and settings look at.
    let environment: [String: String]
    /// The clock that decides how old a removed workspace is.
    let now: @Sendable () -> Date

    /// Finds `ADM_HOME` in the environment, else `.adm` in the user's home directory; nothing is created.
    ///
    /// - Throws: ``Failure`` with `configuration` if `HOME` or `ADM_HOME` is missing or relative,
    ///   `storage` if it is not a directory, `refused` if another user owns it or may change it.
    init(
        environment: [String: String],
        now: @escaping @Sendable () -> Date
    ) throws(Failure) {
        layout = try HomeDirectory.locate(environment)
        self.environment = environment
        self.now = now
    }

    /// The names of all workspaces, sorted; entries that cannot be workspaces are left out.
    func names() throws(Failure) -> [WorkspaceName] {
        try StateFile.names(in: layout.workspaces).compactMap { try? WorkspaceName($0) }
            .filter { StateFile.isDirectory(layout.workspace($0).root) }
    }

    /// Whether there is a workspace of that name.
    func exists(_ name: WorkspaceName) -> Bool {
        StateFile.isDirectory(layout.workspace(name).root)
    }

    /// Sees that a workspace exists.
    ///
    /// - Throws: ``Failure`` with `workspaceNotFound` and the nearest name.
    func require(_ name: WorkspaceName, named origin: String? = nil) throws(Failure) {
        guard !exists(name) else { return }
        let known = try names().map(\.description)
        let nearest = NearestWord.to(name.description, in: known)
        let others = known.count > 6 ? known.prefix(6) + ["…"] : known[...]
        throw Failure(
            .workspaceNotFound,
            "there is no workspace \"\(name)\"" + (origin.map { " (from \($0))" } ?? ""),
            hint: nearest.map { "did you mean \($0)?" }
                ?? (known.isEmpty ? "" : "existing workspaces: \(others.joined(separator: ", ")); ")
                + "adm ws create \(name) makes it"
        )
    }

    /// The identity of a workspace, from its `id` file.
    ///
    /// - Throws: ``Failure`` with `storage` if the file is missing or holds no UUID.
    func identity(of name: WorkspaceName) throws(Failure) -> UUID {
        let path = layout.workspace(name).identity
        let text = try StateFile.read(path)
        guard let text else {
            throw Failure(
                .storage,
                "the workspace \"\(name)\" is damaged: \(path) is missing",
                hint: "put its UUID back from a backup, or remove it with adm ws rm \(name)"
            )
        }
        guard let identity = HomeFiles.uuid(text) else {
            throw Failure(
                .storage,
                "the workspace \"\(name)\" is damaged: \(path) does not hold a UUID",
                hint: "put its UUID back from a backup, or remove it with adm ws rm \(name)"
            )
        }
        return identity
    }

    /// A UUID with space around it; nil if it is none.
    ///
    /// The line that adm writes is taken without Foundation's sets of characters, which take long to make.
    private static func uuid(_ text: String) -> UUID? {
        let line = text.last == "\n" ? String(text.dropLast()) : text
        return UUID(uuidString: line)
            ?? UUID(uuidString: text.trimmingCharacters(in: .whitespacesAndNewlines))
    }

    /// Sees that a name still is that of the same workspace.
    ///
    /// - Throws: ``Failure`` with `workspaceNotFound`, `storage`.
    func require(_ wanted: UUID, under name: WorkspaceName) throws(Failure) {
        try require(name)
        guard try identity(of: name) == wanted else {
            throw Failure(
                .workspaceNotFound,
                "the workspace \"\(name)\" was renamed or removed meanwhile, and another one has its name",
                hint: "adm ws list shows the workspaces; run the command again with the right name"
            )
        }
    }

    /// Runs `body` while no other process changes the set of workspaces, a profile or the pointer.
    ///
    /// What killed processes and old removals left behind is swept first. The kernel ends the lock
    /// with the process, so it never has to be cleaned up.
    func locked<Result>(_ body: () throws(Failure) -> Result) throws(Failure) -> Result {
        let lock = try lock()
        let result: Result
        do {
            result = try body()
        } catch {
            lock.release()
            throw error
        }
        lock.release()
        return result
    }

    /// Does what ``locked(_:)`` does around a body that waits for a database; it blocks no thread of a task.
    func lockedAcrossWaits<Result>(
        _ body: () async throws(Failure) -> Result
    ) async throws(Failure) -> Result {
        let held = try await Blocking.waiting { () throws(Failure) in HeldLock(try lock()) }
        defer { held.release() }
        return try await body()
    }

    /// A lock that one thread takes and another one gives back.
    private final class HeldLock: Sendable {
        private let lock: Mutex<FileLock?>

        init(_ lock: consuming sending FileLock) { self.lock = Mutex(lock) }

        func release() { lock.withLock { $0 = nil } }
    }

    private func lock() throws(Failure) -> FileLock {
        try HomeDirectory.prepare(layout)
        try StateFile.makeDirectory(layout.workspaces)
        let lock = try FileLock.acquire(path: layout.workspaces + "/.lock")
        try sweep()
        return lock
    }

    private func sweep() throws(Failure) {
        for name in try StateFile.names(in: layout.workspaces)
        where name.hasPrefix(WorkspaceCreation.unfinishedPrefix) {
            try? FileManager.default.removeItem(atPath: "\(layout.workspaces)/\(name)")
        }
        try WorkspaceTrash(files: self).empty()
    }
}
