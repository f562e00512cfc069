import ADMEngine
import ADMModel

/// The downloads of one command: what was asked for, and which of it has not ended yet.
actor ForegroundSession {
    /// The most jobs that are under way or waiting here; a longer list is read on as they end.
    private static let room = 256

    private let engine: Workspace
    private let display: ProgressDisplay
    private var login: RunLogin?
    private var pending: Set<JobID> = []
    private var endedEarly: [JobID: JobOutcome] = [:]
    private var isAdding = true
    private var waitingForRoom: [CheckedContinuation<Void, Never>] = []

    init(_ engine: Workspace, display: ProgressDisplay) {
        self.engine = engine
        self.display = display
    }

    /// Proves who asks with a login of this run, to the first server that something is fetched from.
    func use(_ login: RunLogin?) { self.login = login }

    private func lend(to origin: SourceURL.Origin) async throws(Failure) {
        guard var login = self.login, let new = try login.login(for: origin) else { return }
        self.login = login
        if origin.scheme == "http" { await warn(ofPlain: origin) }
        try await engine.credentials.lend(new)
    }

    private func warn(ofPlain origin: SourceURL.Origin) async {
        await display.warn(
            "\(origin) is not encrypted: everybody on the way can read the password"
        )
    }

    /// Adds requests and returns at once, unless very many are under way; those that the login of this run is
    /// not for are refused.
    func add(_ requests: [JobRequest]) async {
        var rest: ArraySlice<JobRequest> = []
        for request in requests {
            do throws(Failure) {
                try await lend(to: request.url.origin)
                rest.append(request)
            } catch { await refuse(error) }
        }
        while !rest.isEmpty, await hasRoom(for: min(rest.count, ForegroundSession.room / 4)) {
            let next = Array(rest.prefix(ForegroundSession.room - pending.count))
            rest = rest.dropFirst(next.count)
            for result in await engine.add(each: next) {
                switch result {
                case .success(let job): await note(job)
                case .failure(let failure): await refuse(failure)
                }
            }
        }
    }

    /// Adds the files of a Metalink; one that cannot be fetched is reported, and the others are still fetched.
    ///
    /// - Throws: ``Failure`` if the Metalink itself cannot be used; `CancellationError`.
    func add(
        _ metalink: String,
        _ option: MetalinkOption,
        options: DownloadOptions,
        headers: [HeaderField]
    ) async throws {
        var requests: [JobRequest] = []
        for result in try await option.requests(
            metalink,
            engine,
            options: options,
            headers: headers
        ) {
            switch result {
            case .success(let request): requests.append(request)
            case .failure(let failure): await refuse(failure)
            }
        }
        await add(requests)
    }

    /// Keeps user names and passwords that stood in URLs.
    ///
    /// - Throws: ``Failure`` with `credentialStore`.
    func keep(_ logins: [Login]) async throws(Failure) {
        for login in logins {
            let kept = try await engine.credentials.keep(login, orLend: true)
            for (text, hint) in kept.warnings(login) { await display.warn(text, hint: hint) }
        }
    }

    /// Where the credentials of the workspace are kept.
    nonisolated var credentialSettings: CredentialSettings {
        engine.configuration.settings.credentials
    }

    /// The named jobs, or if none is named all that could be resumed now; a name that is wrong is reported
    /// and the others count.
    ///
    /// - Throws: ``Failure`` of the database.
    func unfinished(_ names: [String]) async throws -> [Job] {
        guard !names.isEmpty else {
            return try await engine.resumable()
        }
        var jobs: [Job] = []
        for name in names {
            do { jobs.append(try await engine.job(name)) } catch let failure as Failure
                where failure.code == .jobNotFound
            { await refuse(failure) }
        }
        return jobs
    }

    /// Resumes jobs; of the header fields each gets those that are for it.
    ///
    /// - Throws: ``Failure`` with `usage` if a secret field is for no job, or would go to several servers.
    func resume(_ jobs: [Job], headers: [HeaderField]) async throws {
        let fields = try JobRules.headers(headers, for: jobs)
        for (job, fields) in zip(jobs, fields) { await resume(job, headers: fields) }
    }

    /// Goes on with a job of the workspace.
    func resume(_ job: Job, headers: [HeaderField]) async {
        await start(job.request.url.redacted) {
            try await self.lend(to: job.request.url.origin)
            return try await self.engine.resume(job, headers: headers)
        }
    }

    private func start(_ shown: String, _ begin: () async throws -> Job) async {
        guard await hasRoom() else { return }
        do { await note(try await begin()) } catch {
            await refuse(error as? Failure ?? Failure(.unclassified, "\(shown): \(error)"))
        }
    }

    /// Waits until not very many are under way; false after cancellation.
    private func hasRoom(for count: Int = 1) async -> Bool {
        while pending.count > ForegroundSession.room - count, !Task.isCancelled {
            await withCheckedContinuation { waitingForRoom.append($0) }
        }
        return !Task.isCancelled
    }

    private func note(_ job: Job) async {
        guard !pending.contains(job.id) else { return }
        await display.began()
        if let outcome = endedEarly.removeValue(forKey: job.id) {
            await take(outcome)
        } else {
            pending.insert(job.id)
        }
    }

    /// Reports something that cannot be a download, and continues with the others.
    func refuse(_ failure: Failure) async { await display.refused(failure) }

    /// Takes the ends of jobs until everything that was added has ended.
    func collect(_ ends: AsyncStream<JobOutcome>) async {
        for await outcome in ends {
            guard pending.remove(outcome.job.id) != nil else {
                // It ended before its beginning was noted here.
                endedEarly[outcome.job.id] = outcome
                continue
            }
            await take(outcome)
            if !isAdding, pending.isEmpty { return }
        }
        makeRoom()
    }

    private func take(_ outcome: JobOutcome) async {
        await display.ended(outcome, in: engine.configuration.selection.name.description)
        makeRoom()
    }

    /// Nothing more will be added.
    ///
    /// - Returns: Whether everything has ended already.
    func finishAdding() -> Bool {
        isAdding = false
        return pending.isEmpty
    }

    private func makeRoom() {
        for waiter in waitingForRoom { waiter.resume() }
        waitingForRoom = []
    }
}
