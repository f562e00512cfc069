import ADMDocuments
import ADMEngine
import ADMModel

/// The jobs of a workspace.
enum Jobs {
    static let path = API.workspace + "/jobs"
    static let one = path + "/{job}"

    static let operations = [
        Operation(
            .get,
            path,
            "listJobs",
            "List jobs, newest first; `Link` leads to the next page.",
            needs: .read,
            parameters: [
                .state, .tag, .limit,
                Operation.Parameter(
                    "cursor",
                    "Only jobs with a smaller number: where the page before ended.",
                    .integer(1...Int64.max)
                ),
            ],
            answers: [Operation.Answer(200, "The jobs.", .list(ListedJobDocument.shape))],
            run: list
        ),
        Operation(
            .post,
            path,
            "addJob",
            "Put a job into the queue; a file that is in the queue already is not added again."
                + " `dir` is a path below the directory of the workspace, and `hash` a digest or the URL of a list.",
            needs: .submit,
            parameters: [
                Operation.Parameter(
                    "Idempotency-Key",
                    "Names the request, so that it may be repeated: for a day the same key adds no second job.",
                    .text(),
                    in: .header
                )
            ],
            body: .json(.document(JobBody.description)),
            answers: [
                Operation.Answer(201, "It was added.", AddedJobDocument.shape),
                Operation.Answer(200, "It was in the queue already.", AddedJobDocument.shape),
            ],
            run: add
        ),
        Operation(
            .get,
            one,
            "showJob",
            "Show a job with everything that is known about it; `ETag` names what can be changed of it.",
            needs: .read,
            parameters: [
                Operation.Parameter(
                    "wait",
                    "Wait until the job is finished, for this many seconds at most.",
                    .integer(0...60)
                ),
                Operation.Parameter(
                    "If-None-Match",
                    "An `ETag`; 304 if the job is still so.",
                    .text(),
                    in: .header
                ),
            ],
            answers: [
                Operation.Answer(200, "The job.", JobDetailDocument.shape),
                Operation.Answer(304, "It is as `If-None-Match` says."),
            ],
            run: show
        ),
        Operation(
            .delete,
            one,
            "removeJob",
            "Forget a job that does not run, with its part file; a saved file stays.",
            needs: .submit,
            answers: [Operation.Answer(204, "It is forgotten.")],
            run: remove
        ),
        Operation(
            .get,
            one + "/why",
            "explainJob",
            "Say why a job is not running.",
            needs: .read,
            answers: [Operation.Answer(200, "Why.", WaitDocument.shape)],
            run: why
        ),
    ]

    @Sendable private static func list(_ call: Call) async throws -> Reply {
        let states = try call.words("state", as: JobState.self)
        let tag = try call.query("tag")
        let limit = try call.limit()
        let cursor = try call.number("cursor", in: 1...Int64.max, or: Int64.max)
        let workspace = try await call.workspace()
        let before = cursor == Int64.max ? nil : cursor
        // One more than asked for says whether there is another page.
        let found =
            if let tag {
                try await workspace.list(
                    tagged: tag,
                    in: states,
                    after: before,
                    limit: limit + 1
                )
            } else { try await workspace.list(in: states, after: before, limit: limit + 1) }
        return Page(found, limit: limit).reply(call)
    }

    @Sendable private static func add(_ call: Call) async throws -> Reply {
        let key = try key(call)
        let text = try await call.body()
        let workspace = try await call.workspace()
        let draft = try Submission(workspace: workspace, caller: call.scope.caller).draft(
            JobBody.parse(text)
        )
        guard let key else {
            guard let job = try await workspace.queue.add([draft]).first else {
                throw Failure(.unclassified, "the job was not added")
            }
            return added(job, workspace)
        }
        let request = RequestKey(key: key, asking: text)
        switch try await workspace.queue.add(draft, for: request) {
        case .first(let job): return added(job, workspace)
        case .repeated(let job):
            var reply = added(job, workspace)
            reply.fields.append(("Idempotency-Replayed", "true"))
            return reply
        case .conflicting:
            throw Problem(.keyReused, "the Idempotency-Key came before with another request")
        }
    }

    /// The key that names the request; with the caller's name, so that nobody meets the keys of others.
    private static func key(_ call: Call) throws -> String? {
        guard let text = call.field("Idempotency-Key") else { return nil }
        guard (1...255).contains(text.utf8.count),
            text.utf8.allSatisfy({ (0x20...0x7E).contains($0) })
        else { throw Problem(.badRequest, "Idempotency-Key is 1 to 255 printable characters") }
        return "\(call.scope.caller.name)\n\(text)"
    }

    private static func added(_ job: QueuedJob, _ workspace: Workspace) -> Reply {
        var reply = Reply(AddedJobDocument(job), status: job.isNew ? 201 : 200)
        let name = workspace.configuration.selection.name
        reply.fields.append(("Location", "/v1/workspaces/\(name)/jobs/\(job.number)"))
        return reply
    }

    @Sendable private static func show(_ call: Call) async throws -> Reply {
        let seconds = try call.number("wait", in: 0...60, or: 0)
        let workspace = try await call.workspace()
        let name = try call.part("job")
        var detail = try await workspace.detail(of: name)
        if seconds > 0, !detail.job.state.isFinal {
            let number = detail.job.number
            _ = try await workspace.queue.wait(for: [number], limit: .seconds(seconds))
            detail = try await workspace.detail(of: name)
        }
        let job = detail.job
        let tag = EntityTag.of(job)
        if let known = call.field("If-None-Match"), EntityTag.matches(known, tag) {
            var reply = Reply(status: 304)
            reply.fields.append(("ETag", tag))
            return reply
        }
        let document = JobDetailDocument(
            job,
            segments: detail.segments.ranges,
            failures: detail.failures
        )
        var reply = Reply(document)
        reply.fields.append(("ETag", tag))
        return reply
    }

    @Sendable private static func remove(_ call: Call) async throws -> Reply {
        let workspace = try await call.workspace()
        let removed = try await workspace.queue.remove(named: call.part("job"))
        if let leftover = removed.leftover { throw leftover }
        return Reply()
    }

    @Sendable private static func why(_ call: Call) async throws -> Reply {
        let workspace = try await call.workspace()
        return Reply(WaitDocument(try await workspace.why(call.job(in: workspace))))
    }
}

extension Operation.Parameter {
    /// The states of jobs.
    static let state = Operation.Parameter(
        "state",
        "Only jobs in this state. May be repeated.",
        .words(JobState.allCases.map(\.rawValue)),
        isRepeated: true
    )
    /// A word of jobs.
    static let tag = Operation.Parameter("tag", "Only jobs marked with this word.", .text())
    /// How many.
    static let limit = Operation.Parameter(
        "limit",
        "How many at most; 100 unless it is said.",
        .integer(1...500)
    )
}

extension Call {
    /// How many entries a list has at most.
    func limit() throws -> Int { Int(try number("limit", in: 1...500, or: 100)) }
}
