import ADMDocuments
import ADMEngine
import ADMModel
import HummingbirdCore
import NIOCore

/// Many jobs in one request, a line for each.
enum JobBulk {
    static let operations = [
        Operation(
            .post,
            Jobs.path + "/bulk",
            "addJobs",
            "Put many jobs into the queue: an object a line, as in `job-body`. What became of each line is answered"
                + " as soon as it is known, in the same order.",
            needs: .submit,
            body: Operation.RequestShape(type: "application/jsonl", shape: .text()),
            answers: [
                Operation.Answer(200, "A line for each line.", .text(), type: "application/jsonl")
            ],
            run: add
        )
    ]

    /// How many jobs go into one transaction.
    private static let batchSize = 4000

    @Sendable private static func add(_ call: Call) async throws -> Reply {
        try call.requireType(["application/jsonl", "application/x-ndjson"])
        let workspace = try await call.workspace()
        let submission = Submission(workspace: workspace, caller: call.scope.caller)
        let (body, channel) = (call.request.body, call.scope.channel)
        return Reply(type: "application/jsonl") { writer in
            var lines = BodyLines(body, channel)
            while let batch = try await lines.next(batchSize) {
                var drafts: [(line: Int, draft: JobDraft)] = []
                var results: [Int: Result<QueuedJob, Failure>] = [:]
                for (number, text) in batch {
                    do throws(Failure) {
                        guard let text else {
                            throw Failure(.usage, "the line is too long or not UTF-8")
                        }
                        drafts.append((number, try submission.draft(JobBody.parse(text))))
                    } catch { results[number] = .failure(error) }
                }
                var rest = drafts[...]
                try await workspace.queue.add(each: drafts.map(\.draft)) { outcomes in
                    for (draft, outcome) in zip(rest, outcomes) { results[draft.line] = outcome }
                    rest = rest.dropFirst(outcomes.count)
                }
                let text = results.sorted { $0.key < $1.key }.map { line, result in
                    JSONWriter.line(BulkLineDocument(line: line, result)) + "\n"
                }
                try await writer.write(ByteBuffer(string: text.joined()))
            }
        }
    }
}
