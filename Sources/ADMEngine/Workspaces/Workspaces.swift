import ADMCatalog
public import ADMModel
import ADMSystem
package import Foundation
public import Logging

/// The workspaces below one `ADM_HOME`: choosing, making, listing, moving and removing them.
///
/// Each workspace is a directory of its own; nothing registers them anywhere else. Whatever changes
/// the set of workspaces happens under one lock and becomes visible by one rename, so that a process
/// killed at any moment leaves every workspace whole or absent.
public struct Workspaces: Sendable {
    /// Where everything lies.
    public let home: HomeLayout
    /// The environment variables that selection and settings look at.
    public let environment: [String: String]
    let now: @Sendable () -> Date
    /// What takes note of what adm does; silent unless a program sets another.
    ///
    /// It never gets a secret.
    public var logger = Logger.silent

    /// Finds `ADM_HOME` in the environment, else `.adm` in the user's home directory.
    ///
    /// Nothing is created; that happens at first need.
    ///
    /// - Throws: ``Failure`` with `configuration` if `HOME` or `ADM_HOME` is missing or relative,
    ///   `storage` if it is not a directory, `refused` if another user owns it.
    public init(environment: [String: String]) throws(Failure) {
        try self.init(environment: environment, now: { Date() })
    }

    /// Finds `ADM_HOME`, with a clock of the caller's; it decides how old a removed workspace is.
    package init(
        environment: [String: String],
        now: @escaping @Sendable () -> Date
    ) throws(Failure) {
        self.home = try HomeDirectory.locate(environment)
        self.environment = environment
        self.now = now
    }

    /// The names of all workspaces, sorted; entries that cannot be workspaces are left out.
    public func names() throws(Failure) -> [WorkspaceName] {
        try StateFile.names(in: home.workspaces).compactMap { try? WorkspaceName($0) }
            .filter { StateFile.isDirectory(home.workspace($0).root) }
    }

    /// Whether there is a workspace of that name.
    public func exists(_ name: WorkspaceName) -> Bool {
        StateFile.isDirectory(home.workspace(name).root)
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
        let path = home.workspace(name).identity
        let text = try StateFile.read(path)
        guard let text else {
            throw Failure(
                .storage,
                "the workspace \"\(name)\" is damaged: \(path) is missing",
                hint: "put its UUID back from a backup, or remove it with adm ws rm \(name)"
            )
        }
        guard let identity = UUID(uuidString: text.trimmingCharacters(in: .whitespacesAndNewlines))
        else {
            throw Failure(
                .storage,
                "the workspace \"\(name)\" is damaged: \(path) does not hold a UUID",
                hint: "put its UUID back from a backup, or remove it with adm ws rm \(name)"
            )
        }
        return identity
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

    /// Does what ``locked(_:)`` does around a body that waits for a database.
    func lockedAcrossWaits<Result>(
        _ body: () async throws(Failure) -> Result
    ) async throws(Failure) -> Result {
        let lock = try lock()
        let result: Result
        do {
            result = try await body()
        } catch {
            lock.release()
            throw error
        }
        lock.release()
        return result
    }

    private func lock() throws(Failure) -> FileLock {
        try HomeDirectory.prepare(home)
        try StateFile.makeDirectory(home.workspaces)
        let lock = try FileLock.acquire(path: home.workspaces + "/.lock")
        try sweep()
        return lock
    }

    private func sweep() throws(Failure) {
        for name in try StateFile.names(in: home.workspaces)
        where name.hasPrefix(Workspaces.unfinishedPrefix) {
            try? FileManager.default.removeItem(atPath: "\(home.workspaces)/\(name)")
        }
        try emptyTrash()
    }

    /// What the name of a workspace begins with while it is being made.
    static let unfinishedPrefix = ".new-"
}
