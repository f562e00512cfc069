public import Foundation

/// Why a job is not running, in one sentence, and the facts behind it.
public struct WaitReport: Sendable, Hashable, Codable {
    /// What keeps it.
    public enum Reason: String, Sendable, Hashable, Codable, CaseIterable {
        /// Nothing: it runs.
        case running
        /// Nothing more is to be done.
        case finished
        /// Somebody or something holds it.
        case paused
        /// Its time has not come.
        case scheduled
        /// Another job has to succeed first.
        case dependency
        /// Its last attempt failed, and the next one is not due.
        case retry
        /// Its whole workspace is paused.
        case workspacePaused = "workspace-paused"
        /// Its host asked to be left alone.
        case hostCoolDown = "host-cool-down"
        /// Its host has as many transfers or connections as it may.
        case hostLimit = "host-limit"
        /// Its workspace has as many slots as it may.
        case workspaceLimit = "workspace-limit"
        /// The process that would run it fetches as many files at once as it may.
        case processLimit = "process-limit"
        /// Other jobs of its workspace come first.
        case queue
        /// All slots are in use.
        case slots
        /// All connections are in use.
        case connections
        /// It needs a secret that is not stored.
        case secret
        /// No process runs the queue.
        case noRunner = "no-runner"
        /// It is about to run.
        case starting
    }

    /// The job's number.
    public var job: Int64
    /// Where it stands.
    public var state: JobState
    /// What keeps it.
    public var reason: Reason
    /// All of it in one sentence, without a full stop.
    public var sentence: String
    /// Its place in the queue of its workspace, counted from 1.
    public var position: Int?
    /// How many jobs of its workspace are ready.
    public var waiting: Int?
    /// When it may continue.
    public var until: Date?
    /// Which process or reason holds it, or the job that it waits for.
    public var by: String?
    /// The host that it depends on.
    public var host: String?
    /// The limit that is reached.
    public var limit: Int?
    /// The slots that are in its way, or the one that it runs on.
    public var holders: [BudgetReport.Slot]
    /// What can be done about it.
    public var hint: String?

    /// Reports on a job.
    public init(
        job: Int64,
        state: JobState,
        reason: Reason,
        sentence: String,
        position: Int? = nil,
        waiting: Int? = nil,
        until: Date? = nil,
        by: String? = nil,
        host: String? = nil,
        limit: Int? = nil,
        holders: [BudgetReport.Slot] = [],
        hint: String? = nil
    ) {
        self.job = job
        self.state = state
        self.reason = reason
        self.sentence = sentence
        self.position = position
        self.waiting = waiting
        self.until = until
        self.by = by
        self.host = host
        self.limit = limit
        self.holders = holders
        self.hint = hint
    }
}
