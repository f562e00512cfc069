import ADMModel

/// What the jobs of one command amount to: the only count of their ends.
///
/// Everything that is said of all jobs together is read from it: the line below the bars, the line at the
/// end, and the exit status. Of a list without end it keeps numbers alone.
struct Tally: Sendable {
    /// Jobs that were begun.
    private(set) var started = 0
    /// Jobs whose file is there now.
    private(set) var saved = 0
    /// Jobs for which there was nothing to do.
    private(set) var skipped = 0
    /// Jobs that were given up, and requests that could not become one.
    private(set) var failed = 0
    /// Jobs that were stopped for good.
    private(set) var cancelled = 0
    /// Jobs that were held and can continue later.
    private(set) var held = 0
    /// Files that no digest was known for.
    private(set) var unverified = 0
    /// The bytes of the saved files.
    private(set) var bytes: Int64 = 0
    /// The bytes that were fetched for them in this run.
    private(set) var fetched = 0.0
    /// The jobs that ended, if somebody wants to see them at the end.
    private(set) var jobs: [Job] = []
    private let keepsJobs: Bool
    private var ended = 0
    private var exitCodes: Set<Int32> = []
    private var workspaces = 0
    private var broken: [Failure] = []

    /// Begins to count.
    init(keepsJobs: Bool = false) { self.keepsJobs = keepsJobs }

    /// Counts a job that begins.
    mutating func begin() { started += 1 }

    /// Counts the end of a job.
    mutating func add(_ outcome: JobOutcome) {
        if keepsJobs { jobs.append(outcome.job) }
        switch outcome {
        case .succeeded(_, let completion):
            saved += 1
            ended += 1
            if completion.verification == nil { unverified += 1 }
            bytes = bytes.adding(saturating: max(0, completion.totalBytes))
            fetched += completion.fetchedBytes
        case .skipped:
            skipped += 1
            ended += 1
        case .failed(_, let failure):
            failed += 1
            ended += 1
            exitCodes.insert(failure.code.exitCode)
        case .cancelled:
            cancelled += 1
            ended += 1
            exitCodes.insert(Failure.Code.cancelled.exitCode)
        case .paused(_, let failure):
            held += 1
            exitCodes.insert((failure?.code ?? .unfinished).exitCode)
        }
    }

    /// Counts something that could not even begin.
    mutating func refuse(_ failure: Failure) {
        failed += 1
        exitCodes.insert(failure.code.exitCode)
    }

    /// Counts a workspace whose jobs can be run.
    mutating func open() { workspaces += 1 }

    /// Counts a workspace whose jobs cannot be run.
    mutating func lose(_ failure: Failure) { broken.append(failure) }

    /// How many jobs have ended in one way or another.
    var ends: Int { saved + skipped + failed + cancelled + held }

    /// How many of them brought no file.
    var misses: Int { failed + cancelled + held }

    /// How many jobs were begun, are not finished, and can continue later.
    var unfinished: Int { started - ended }

    /// The exit status: 0 if all is well, that of the failure if nothing went well and all failed in the
    /// same way, else that of `partial`.
    var exitCode: Int32 {
        guard broken.isEmpty else {
            return workspaces == 0 ? Tally.exitCode(of: broken) : Failure.Code.partial.exitCode
        }
        guard let first = exitCodes.first else { return 0 }
        let hasSuccess = saved + skipped > 0
        return exitCodes.count == 1 && !hasSuccess ? first : Failure.Code.partial.exitCode
    }

    /// The exit status if none of the workspaces could be used.
    static func exitCode(of broken: [Failure]) -> Int32 {
        let codes = Set(broken.map(\.code.exitCode))
        return codes.count == 1 ? codes.first ?? 0 : Failure.Code.partial.exitCode
    }
}

extension JobEvent.Completion {
    /// The bytes that were fetched in this run, without those that were on disk before.
    var fetchedBytes: Double {
        let fetched = averageSpeed * elapsedSeconds
        return fetched.isFinite ? max(0, fetched) : 0
    }
}
