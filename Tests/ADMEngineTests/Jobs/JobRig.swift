import ADMEngine
import ADMModel
import ADMTestServer
import ADMTestSupport
import Foundation
import Testing

/// A server and a home of one test; the suites about jobs ask the library for everything through
/// ``JobBench``.
struct JobRig: Sendable {
    let server: FaultyServer
    let root: String
    /// The environment in which the home is opened.
    var variables: [String: String]

    /// Runs a test with a new server and a new home; one connection a file makes what is sent exact.
    static func with(
        _ files: [TestFile] = [],
        _ variables: [String: String] = [:],
        body: @Sendable (JobRig) async throws -> Void
    ) async throws {
        try await FaultyServer.run(files: files) { server in
            try await withTemporaryDirectory { root in
                let standard = [
                    "HOME": root, "ADM_HOME": root + "/.adm", "ADM_DIRECTORY": root + "/saved",
                    "ADM_RETRY_WAIT": "5ms", "ADM_IDLE_TIMEOUT": "10m",
                    "ADM_MAX_CONNECTIONS": "1",
                ]
                let rig = JobRig(
                    server: server,
                    root: root,
                    variables: standard.merging(variables) { $1 }
                )
                try await body(rig)
            }
        }
    }

    /// Opens the home and its workspace, as a process of its own does, and closes them after `body`.
    @discardableResult
    func open<Result: Sendable>(
        options: HomeOptions = HomeOptions(),
        _ body: @Sendable (JobBench) async throws -> Result
    ) async throws -> Result {
        try await Home.run(variables, options: options) { home in
            try await body(JobBench(rig: self, home: home.home, work: home.workspace()))
        }
    }

    var layout: HomeLayout { HomeLayout(root: root + "/.adm") }

    // MARK: - Files

    /// Where downloads go.
    var directory: String { root + "/saved" }

    func path(_ name: String) -> String { directory + "/" + name }

    /// The names below the download directory, hidden ones too, sorted.
    func saved() -> [String] {
        ((try? FileManager.default.subpathsOfDirectory(atPath: directory)) ?? []).sorted()
    }

    /// The path of the only part file.
    func part() throws -> String {
        path(try #require(saved().first { $0.hasSuffix(".part") }))
    }

    /// Puts a file of somebody else there.
    func write(_ text: String, as name: String) throws {
        try FileManager.default.createDirectory(
            atPath: directory,
            withIntermediateDirectories: true
        )
        try Data(text.utf8).write(to: URL(fileURLWithPath: path(name)))
    }

    func text(_ name: String) throws -> String {
        try String(contentsOfFile: path(name), encoding: .utf8)
    }

    /// Whether a saved file has exactly the bytes that the server offers now under a path.
    func isRight(_ name: String, _ served: String) throws -> Bool {
        try #require(server.file(served)).body.matches(file: path(name))
    }

    // MARK: - The server

    /// Offers a document with this text.
    func serve(_ text: String, at path: String) {
        var behaviour = Behaviour()
        behaviour.refusals = [Refusal(200, .always, body: text)]
        server.serve(TestFile(path, length: 0, behaviour))
    }

    func url(_ path: String) throws -> SourceURL { try SourceURL(server.url(path)) }

    // MARK: - The database

    /// Changes the database past all rules, as a program that knows nothing of adm.
    func damage(_ sql: String) async throws {
        let script = "PRAGMA ignore_check_constraints = 1; \(sql)"
        let database = layout.workspace(.standard).database
        let outcome = try await ChildProcess.output(
            ChildProcess.Command(
                "/usr/bin/env",
                ["sqlite3", "-cmd", ".timeout 10000", database, script]
            )
        )
        #expect(outcome.status == 0, "\(outcome.errorOutput)")
    }
}

/// The open workspace of a ``JobRig``.
struct JobBench: Sendable {
    let rig: JobRig
    /// What is set for all workspaces.
    let home: Home
    let work: Workspace

    // MARK: - Jobs

    /// Adds a job for a path of the server, and runs it.
    @discardableResult
    func add(
        _ path: String,
        _ change: (inout JobRequest) throws -> Void = { _ in }
    ) async throws -> Job {
        try await work.add(request(path, change))
    }

    /// Adds a job and waits for its end.
    func fetch(
        _ path: String,
        _ change: (inout JobRequest) throws -> Void = { _ in }
    ) async throws -> JobOutcome {
        try await end(of: add(path, change))
    }

    func add(_ requests: [JobRequest]) async throws -> [Job] {
        try await work.add(each: requests).map { try $0.get() }
    }

    func request(
        _ path: String,
        _ change: (inout JobRequest) throws -> Void = { _ in }
    ) throws -> JobRequest {
        var request = JobRequest(url: try rig.url(path))
        try change(&request)
        return request
    }

    /// Puts a job for a path of the server into the queue.
    ///
    /// - Returns: Its number.
    @discardableResult
    func enqueue(
        _ path: String,
        runAt: Date? = nil,
        after: Int64? = nil,
        _ change: (inout JobRequest) throws -> Void = { _ in }
    ) async throws -> Int64 {
        let draft = JobDraft(try request(path, change), runAt: runAt, after: after)
        return try #require(try await work.queue.add([draft]).first).number
    }

    func end(of job: Job) async throws -> JobOutcome { try await work.wait(for: job.id) }

    func end(of job: JobID) async throws -> JobOutcome { try await work.wait(for: job) }

    func job(_ number: Int64 = 1) async throws -> Job { try await work.job("\(number)") }

    /// The states of all jobs by their numbers.
    func states() async throws -> [Int64: JobState] {
        Dictionary(uniqueKeysWithValues: try await work.jobs().map { ($0.number, $0.state) })
    }

    func failures(of job: Job) async throws -> [FailedAttempt] {
        try await work.failures(of: job)
    }

    @discardableResult
    func act(_ action: QueueAction, on number: Int64 = 1) async throws -> QueueActionSummary {
        try await work.queue.act(action, on: JobSelection(numbers: [number]))
    }

    func cancel(_ job: Job) async throws { try await work.cancel(job.id) }

    @discardableResult
    func resume(_ job: Job, headers: [HeaderField] = []) async throws -> Job {
        try await work.resume(job, headers: headers)
    }

    @discardableResult
    func remove(_ job: Job) async throws -> Failure? { try await work.queue.remove(job) }

    @discardableResult
    func change(_ job: Job, _ change: JobChange) async throws -> Job {
        try await work.queue.change(job, change)
    }

    // MARK: - The queue

    func drain(untilEmpty: Bool = true, maxJobs: Int? = nil) async throws {
        try await work.queue.drain(untilEmpty: untilEmpty, maxJobs: maxJobs)
    }

    /// Runs the queue for as long as `body` runs.
    @discardableResult
    func draining<Result: Sendable>(
        _ body: @Sendable () async throws -> Result
    ) async throws -> Result {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await drain(untilEmpty: false) }
            defer { group.cancelAll() }
            return try await body()
        }
    }

    // MARK: - What is seen

    /// Every event from now on.
    func events() async -> AsyncStream<JobEvent> { await work.events() }

    /// What was recorded of all jobs so far.
    func recorded() async throws -> [JobEvent] { try await work.recordedEvents() }

    /// The names of what was recorded of a job, without the word that all have.
    func history(_ number: Int64 = 1) async throws -> [String] {
        try await recorded().filter { $0.number == number }.map {
            String($0.name.dropFirst("download.".count))
        }
    }

    func progress() async -> [TransferProgress] { await work.progress() }

    func ends() async -> AsyncStream<JobOutcome> { await work.ends() }

    func waitingCount() async -> Int { await work.waitingCount() }

    func notices() async -> AsyncStream<CoolDownNotice> { await work.coolDownNotices() }

    func test(_ url: SourceURL) async throws -> CredentialTest {
        try await work.credentials.test(url)
    }

    func metalink(
        at url: SourceURL,
        headers: [HeaderField] = []
    ) async throws -> MetalinkDocument {
        try await work.metalink(at: url, headers: headers)
    }

    /// Looks after every change in the home, and now and then, until it sees what it waits for.
    @discardableResult
    func eventually<Value>(_ look: () async throws -> Value?) async throws -> Value {
        try await ADMTestSupport.eventually(below: rig.layout.root, look)
    }

    /// Waits until bytes of a job are recorded as safe.
    func waitUntilKept(_ number: Int64 = 1) async throws {
        try await eventually { try await job(number).bytesDone > 0 ? true : nil }
    }
}

extension JobOutcome {
    /// Which one it is.
    var word: String {
        switch self {
        case .succeeded: "succeeded"
        case .skipped: "skipped"
        case .failed: "failed"
        case .paused: "paused"
        case .cancelled: "cancelled"
        }
    }

    /// What the download amounts to; nil if it did not succeed.
    var completion: JobEvent.Completion? {
        if case .succeeded(_, let completion) = self { completion } else { nil }
    }

    /// Why it failed or is held.
    var failure: Failure? {
        switch self {
        case .failed(_, let failure): failure
        case .paused(_, let failure): failure
        default: nil
        }
    }
}

/// A file of two million bytes whose first answer falls silent after 600 000.
func stallingFile(
    _ path: String = "/file.bin",
    length: Int64 = 2_000_000,
    seed: UInt64 = 4,
    after: Int64 = 600_000,
    _ change: (inout Behaviour) -> Void = { _ in }
) -> TestFile {
    var behaviour = Behaviour()
    behaviour.interruptions = [.stall(after: after, .first(1))]
    change(&behaviour)
    return TestFile(path, length: length, seed: seed, behaviour)
}
