import ADMCatalog
import ADMModel
import ADMSystem
import ADMTestSupport
import Foundation
import GRDB
import Testing

/// An `ADM_HOME` of one test, with one workspace.
struct Home: Sendable {
    let layout: HomeLayout
    let workspace: WorkspaceLayout

    /// Runs a test in a new home and removes it afterwards.
    static func with(_ body: (Home) async throws -> Void) async throws {
        try await withTemporaryDirectory { root in
            let layout = HomeLayout(root: root)
            let home = Home(layout: layout, workspace: layout.workspace(.standard))
            try FileManager.default.createDirectory(
                atPath: home.workspace.root,
                withIntermediateDirectories: true
            )
            try await body(home)
        }
    }

    /// Runs a test with an open catalog and a living holder.
    static func withCatalog(
        _ body: (Home, Catalog, LivenessLock) async throws -> Void
    ) async throws {
        try await with { home in
            let holder = try LivenessLock(in: home.layout)
            let catalog = try await home.open(holder)
            try await body(home, catalog, holder)
            #expect(try await catalog.list.quickCheck() == [])
            await catalog.close()
            holder.end()
        }
    }

    func open(
        _ holder: LivenessLock? = nil,
        busyTimeout: Duration = .seconds(5)
    ) async throws(Failure) -> Catalog {
        try await Catalog.open(
            workspace,
            home: layout,
            holder: holder,
            busyTimeout: busyTimeout
        )
    }

    /// A connection past all of adm's verbs.
    func raw<R>(_ body: (Database) throws -> R) throws -> R {
        let queue = try DatabaseQueue(path: workspace.database)
        defer { try? queue.close() }
        return try queue.writeWithoutTransaction(body)
    }

    /// A copy of the workspace's files as a power loss would leave them, made by another process,
    /// because opening the database file here would drop SQLite's locks.
    func copy() throws -> Home {
        let copy = Home(
            layout: layout,
            workspace: WorkspaceLayout(root: workspace.root + "-" + UUID().uuidString)
        )
        #expect(try run("/bin/cp", "-r", workspace.root, copy.workspace.root) == 0)
        return copy
    }

    func bytes(_ path: String) throws -> Data {
        try Data(contentsOf: URL(fileURLWithPath: path))
    }
}

/// Runs a program and waits for its end.
@discardableResult
func run(_ program: String, _ arguments: String...) throws -> Int32 {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: program)
    process.arguments = arguments
    process.standardError = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    return process.terminationStatus
}

/// A request for a file on `example.org`.
func request(
    _ path: String,
    fileName: String? = nil,
    priority: Int = 1,
    headers: [HeaderField] = []
) throws -> JobRequest {
    JobRequest(
        url: try SourceURL("https://example.org/\(path)"),
        fileName: fileName,
        priority: priority,
        headers: headers
    )
}

/// A moment with whole milliseconds, as the database keeps them.
let start = Date(timeIntervalSince1970: 1_790_000_000.125)

let target = FinalTarget(fileName: "file.iso", device: 2049, inode: UInt64.max - 1, size: 1000)

let completion = JobEvent.Completion(
    destinationPath: "/downloads/file.iso",
    totalBytes: 1000,
    elapsedSeconds: 2,
    averageSpeed: 500,
    verification: nil
)

let broken = Failure(.network, "the connection to example.org broke", retryAfter: 3)

/// A job that a test adds.
struct Entry {
    var queued: JobDraft
    var directory: String
    var foregroundOwner: String?

    init(_ queued: JobDraft, directory: String, foregroundOwner: String? = nil) {
        self.queued = queued
        self.directory = directory
        self.foregroundOwner = foregroundOwner
    }
}

extension JobQueue {
    /// Adds jobs at a moment.
    func add(_ entries: [Entry], now: Date = Date()) async throws(Failure) -> [AddOutcome] {
        let jobs = try entries.map { (entry) throws(Failure) in
            try PreparedJob(
                entry.queued,
                directory: entry.directory,
                foregroundOwner: entry.foregroundOwner,
                now: now
            )
        }
        return try await add(jobs)
    }

    /// Adds jobs that nobody waits for and that may begin at once.
    func add(
        _ requests: [(JobRequest, directory: String)],
        now: Date = start
    ) async throws -> [AddOutcome] {
        try await add(
            requests.map { Entry(JobDraft($0.0), directory: $0.directory) },
            now: now
        )
    }

    /// Adds one job to `/downloads`.
    func add(_ path: String, now: Date = start) async throws -> Job {
        try #require(try await add([(request(path), directory: "/downloads")], now: now).first).job
    }

    /// Adds one job and claims it.
    func claimed(_ path: String, by holder: LivenessLock) async throws -> Claim {
        let job = try await add(path)
        return try #require(try await claim(number: job.number, owner: holder.id, now: start))
    }
}

extension Catalog {
    /// The same catalog for somebody who takes other processes for living, or not.
    func believing(_ isAlive: @escaping @Sendable (String) -> Bool) -> Catalog {
        var catalog = self
        catalog.liveness.isAlive = isAlive
        return catalog
    }

    func state(_ number: Int64) async throws -> JobState? {
        try await list.job(number: number)?.state
    }
}
