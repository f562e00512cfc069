import ADMDocuments
import ADMEngine
import ADMModel

/// Changes of jobs that wait.
enum JobChanges {
    static let operations = [
        Operation(
            .patch,
            Jobs.one,
            "changeJob",
            "Change priority, time, name, tags or settings of a job that waits, or the speed of one that runs."
                + " `If-Match` has to say the `ETag` of the job.",
            needs: .submit,
            parameters: [
                Operation.Parameter(
                    "If-Match",
                    "The `ETag` of the job as it was seen.",
                    .text(),
                    in: .header,
                    isRequired: true
                )
            ],
            body: .json(.document(JobChangeBody.description)),
            answers: [Operation.Answer(200, "The job as it is now.", JobDocument.shape)],
            run: change
        ),
        Operation(
            .post,
            Jobs.one + "/move/{place}",
            "moveJob",
            "Put a job before or behind all others that wait: `first` or `last`.",
            needs: .submit,
            answers: [Operation.Answer(204, "It stands there now.")],
            run: move
        ),
    ]

    @Sendable private static func change(_ call: Call) async throws -> Reply {
        guard let wanted = call.field("If-Match") else {
            throw Problem(
                .preconditionRequired,
                "If-Match is missing",
                hint: "GET the job and send its ETag"
            )
        }
        let body = try JobChangeBody.parse(try await call.body())
        let change = try body.change { (fields) throws(Failure) in
            try JobSettings(parsing: fields)
        }
        let workspace = try await call.workspace()
        let job = try await call.job(in: workspace)
        guard EntityTag.matches(wanted, EntityTag.of(job)) else {
            throw Problem(
                .preconditionFailed,
                "the job has changed meanwhile",
                hint: "GET it again",
                fields: [("ETag", EntityTag.of(job))]
            )
        }
        let changed = try await workspace.queue.change(job, change)
        // With its tags, as everybody else sees it.
        let now = try await workspace.job(String(changed.number))
        var reply = Reply(JobDocument(now))
        reply.fields.append(("ETag", EntityTag.of(now)))
        return reply
    }

    @Sendable private static func move(_ call: Call) async throws -> Reply {
        let place = try call.part("place")
        guard ["first", "last"].contains(place) else {
            throw Problem(
                .noSuchPath,
                "there is no place \(place.prefix(80).debugDescription)",
                hint: "a job moves to first or last"
            )
        }
        let workspace = try await call.workspace()
        try await workspace.queue.move(call.job(in: workspace), toFront: place == "first")
        return Reply()
    }
}
