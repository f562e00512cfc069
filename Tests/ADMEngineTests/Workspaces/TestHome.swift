import ADMCatalog
import ADMEngine
import ADMModel
import ADMSystem
import ADMTestSupport
import Foundation
import Testing

/// The home directory of one test: `HOME`, with `ADM_HOME` in it, and a clock that stands still.
struct TestHome: Sendable {
    let root: String
    /// The time that the workspaces see.
    var now = Date(timeIntervalSince1970: 1_800_000_000)

    /// Runs a test in a new home and removes it afterwards.
    static func with(_ body: (TestHome) async throws -> Void) async throws {
        try await withTemporaryDirectory { try await body(TestHome(root: $0)) }
    }

    var layout: HomeLayout { HomeLayout(root: root + "/.adm") }

    /// The library as a process with these further variables finds it.
    func library(_ variables: [String: String] = [:]) throws(Failure) -> Home {
        let base = ["HOME": root, "ADM_HOME": layout.root]
        let now = now
        return try Home(
            environment: base.merging(variables) { $1 },
            now: { now }
        )
    }

    /// Makes workspaces with these names.
    func create(_ names: String...) async throws {
        for name in names { try await library().create(WorkspaceName(name)) }
    }

    func workspace(_ name: String) throws -> WorkspaceLayout {
        layout.workspace(try WorkspaceName(name))
    }

    /// The names in a directory, hidden ones too, without the lock file.
    func entries(_ directory: String) throws -> [String] {
        guard FileManager.default.fileExists(atPath: directory) else { return [] }
        return try FileManager.default.contentsOfDirectory(atPath: directory)
            .filter { $0 != ".lock" }.sorted()
    }

    func text(_ path: String) throws -> String { try String(contentsOfFile: path, encoding: .utf8) }

    func write(_ text: String, to path: String) throws {
        try FileManager.default.createDirectory(
            atPath: (path as NSString).deletingLastPathComponent,
            withIntermediateDirectories: true
        )
        try Data(text.utf8).write(to: URL(fileURLWithPath: path))
    }

    func exists(_ path: String) -> Bool { FileManager.default.fileExists(atPath: path) }

    func mode(_ path: String) throws -> Int? {
        try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
    }

    func inode(_ path: String) throws -> Int {
        let attributes = try FileManager.default.attributesOfItem(atPath: path)
        return try #require(attributes[.systemFileNumber] as? Int)
    }

    func setMode(_ path: String, _ mode: Int) throws {
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
    }

    /// Runs `body` on the database of a workspace, as a process that lives as long.
    func withCatalog(
        _ name: String,
        _ body: (Catalog, LivenessLock) async throws -> Void
    ) async throws {
        let holder = try LivenessLock(in: layout)
        let catalog = try await Catalog.open(
            try workspace(name),
            home: layout,
            holder: holder
        )
        do {
            try await body(catalog, holder)
            await catalog.close()
            holder.end()
        } catch {
            await catalog.close()
            holder.end()
            throw error
        }
    }
}

extension Home {
    /// Removes a workspace the way a command without a flag does.
    @discardableResult
    func remove(_ name: String, deleteFiles: Bool = false) async throws -> WorkspaceRemoval {
        try await remove(
            WorkspaceName(name),
            deleteFiles: deleteFiles,
            choice: choice()
        )
    }

    /// The workspace that a command with `--workspace` or `--profile` works in.
    func selection(
        workspace: String?,
        profile: String? = nil
    ) async throws(Failure) -> WorkspaceSelection {
        let flags = [(workspace, "--workspace"), (profile, "--profile")]
        return try await selection(
            named: flags.compactMap { name, flag in name.map { ($0, flag) } }
        )
    }
}

/// Expects a failure with this code whose text holds these words; returns it.
@discardableResult
func expectFailure<Result>(
    _ code: Failure.Code,
    _ words: String...,
    sourceLocation: SourceLocation = #_sourceLocation,
    from body: () async throws -> Result
) async -> Failure? {
    do {
        _ = try await body()
        Issue.record("nothing failed", sourceLocation: sourceLocation)
        return nil
    } catch let failure as Failure {
        #expect(failure.code == code, "\(failure)", sourceLocation: sourceLocation)
        for word in words {
            #expect(failure.description.contains(word), sourceLocation: sourceLocation)
        }
        return failure
    } catch {
        Issue.record(error, sourceLocation: sourceLocation)
        return nil
    }
}
