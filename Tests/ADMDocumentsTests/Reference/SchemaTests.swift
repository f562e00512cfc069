import ADMModel
import ADMTestSupport
import Foundation
import Testing

@testable import ADMDocuments

/// What is written keeps to the schema that is published.
@Suite struct SchemaTests {
    private func faults(_ document: some JSONWritable, _ file: String) throws -> [String] {
        let schema = try #require(DocumentReference.schemas.first { $0.file == file })
        let check = try JSONSchemaCheck(Data(schema.text.utf8))
        return try check.faults(Data(JSONWriter.line(document).utf8))
            + check.faults(Data(JSONWriter.pretty(document).utf8))
    }

    private func job(_ state: JobState) throws -> Job {
        Job(
            id: JobID(),
            number: 3,
            request: JobRequest(url: try SourceURL("https://h/a?b=c")),
            state: state,
            directory: "/d",
            fileName: "a",
            bytesDone: 5,
            bytesTotal: 7,
            verification: Verification(
                checksum: try Checksum(.md5, hex: String(repeating: "0", count: 32)),
                source: .list
            ),
            failure: Failure(.network, "x", hint: "y", retryAfter: 1.5),
            createdAt: Date(),
            startedAt: Date(),
            pausedBy: .credentialStore,
            tags: ["t"]
        )
    }

    @Test(arguments: JobState.allCases)
    func `a job keeps to its schema, whatever is known of it`(state: JobState) throws {
        #expect(try faults(JobDocument(try job(state)), "job.json") == [])
        let bare = Job(
            id: JobID(),
            number: 1,
            request: JobRequest(url: try SourceURL("https://h/")),
            state: state,
            directory: "/d",
            createdAt: Date()
        )
        #expect(try faults(JobDocument(bare), "job.json") == [])
        let detail = JobDetailDocument(
            bare,
            segments: [ByteRange(0, 9)],
            failures: [
                FailedAttempt(attempt: 1, occurredAt: Date(), failure: Failure(.tls, "x"))
            ]
        )
        #expect(try faults(detail, "job-detail.json") == [])
    }

    /// Each value by its new name and by its old one.
    private struct Names: Decodable {
        struct Problem: Decodable, Equatable {
            let code: String
            let hint: String
        }

        let job, number: Int64
        let downloadId, id: String
        let destinationPath, path: String
        let bytesDownloaded, bytesDone: Int64
        let totalBytes, bytesTotal: Int64
        let error, failure: Problem
    }

    @Test func `old names say the same as the new ones`() throws {
        let line = JSONWriter.line(JobDocument(try job(.succeeded)))
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        let names = try decoder.decode(Names.self, from: Data(line.utf8))
        #expect(names.job == 3 && names.number == 3)
        #expect(names.downloadId == names.id)
        #expect(names.destinationPath == "/d/a" && names.path == "/d/a")
        #expect(names.bytesDownloaded == 5 && names.bytesDone == 5)
        #expect(names.totalBytes == 7 && names.bytesTotal == 7)
        #expect(names.error == names.failure)
    }

    @Test func `every kind of event keeps to the schema`() throws {
        let id = JobID()
        let progress = TransferProgress(job: id, name: "a", bytesDone: 3, etaSeconds: .infinity)
        let completion = JobEvent.Completion(
            destinationPath: "/a",
            totalBytes: 9,
            elapsedSeconds: 1,
            averageSpeed: 9,
            verification: nil,
            repairedBytes: 2
        )
        let failure = Failure(.remoteBusy, "x", askedBy: "https://h")
        let kinds: [JobEvent.Kind] = [
            .queued(priority: 1), .started(totalBytes: nil), .progress(progress),
            .completed(completion), .failed(failure),
            .skipped(reason: "file_exists", destinationPath: nil), .cancelled(from: .retrying),
            .retrying(retry: 1, maxRetries: 2, delaySeconds: 3, error: failure),
            .validating(algorithm: .sha256), .repairing(pieces: 1, bytes: 2),
            .paused(by: .credentialStore),
        ]
        #expect(Set(kinds.map(\.name)) == Set(EventName.allCases))
        for kind in kinds {
            let event = JobEvent(job: id, number: 1, url: "https://h/", kind: kind)
            #expect(try faults(EventDocument(event), "event.json") == [])
        }
    }

    @Test func `budgets, waits and overviews keep to their schemas`() throws {
        let slot = BudgetReport.Slot(
            workspace: "w",
            job: nil,
            host: "h",
            state: "held",
            isResumable: true,
            heldSeconds: 0.25,
            process: 1
        )
        var limits = BudgetLimits()
        limits.rate = try #require(Rate(parsing: "1MiB/s 08:00-18:00 mon-fri; 0"))
        let budget = BudgetReport(
            limits: limits,
            slots: [slot],
            processes: [.init(process: 1, role: "run", slots: 1, capacity: 2)],
            workspaces: [
                .init(
                    name: "w",
                    share: WorkspaceShare(),
                    slots: 1,
                    entitled: 0.5,
                    waiting: 0,
                    waitingSeconds: nil
                )
            ],
            coolDowns: [.init(origin: "https://h", seconds: 0, askedSeconds: 3)]
        )
        #expect(try faults(BudgetDocument(budget), "budget.json") == [])
        let wait = WaitReport(
            job: 1,
            state: .ready,
            reason: .slots,
            sentence: "x",
            until: Date(),
            holders: [slot]
        )
        #expect(try faults(WaitDocument(wait), "wait.json") == [])
        let overview = OverviewDocument(
            budget: budget,
            workspaces: [
                OverviewWorkspaceDocument(
                    name: "w",
                    counts: [.ready: 2],
                    slots: 1,
                    entitled: 1,
                    share: WorkspaceShare(),
                    bytesPerSecond: 12.5,
                    failure: Failure(.locked, "x")
                )
            ],
            jobs: [OverviewJobDocument(try job(.running), workspace: "w", bytesPerSecond: 1)],
            failures: [],
            bytesPerSecond: 12.5
        )
        #expect(try faults(overview, "overview.json") == [])
    }

    @Test(arguments: TokenScope.allCases)
    func `a token keeps to its schema, and only a new one has a secret`(scope: TokenScope) throws {
        let bare = AccessToken(id: "3f9a07c2", scope: scope, createdAt: Date())
        let full = AccessToken(
            id: "3f9a07c2",
            scope: scope,
            workspace: UUID(),
            workspaceName: "work",
            createdAt: Date(),
            expiresAt: Date()
        )
        for token in [bare, full] {
            let new = NewTokenDocument(token, secret: Secret("canary"))
            #expect(try faults(TokenDocument(token), "token.json") == [])
            #expect(try faults(new, "new-token.json") == [])
            #expect(JSONWriter.line(new).contains(#""token":"canary""#))
        }
        #expect(JSONWriter.line(TokenDocument(full)).contains(#""expired":true"#))
        #expect(JSONWriter.line(TokenDocument(bare)).contains(#""expired":false"#))
    }

    @Test func `a document that breaks the schema is found`() throws {
        let schema = try #require(DocumentReference.schemas.first { $0.file == "added-job.json" })
        let check = try JSONSchemaCheck(Data(schema.text.utf8))
        let id = #""download_id":"x","id":"x""#
        let right = #"{"job":1,"state":"ready","added":true,\#(id)}"#
        #expect(try check.faults(Data(right.utf8)) == [])
        for wrong in [
            #"{"job":1.5,"state":"ready","added":true,\#(id)}"#,
            #"{"job":1,"state":"gone","added":true,\#(id)}"#,
            #"{"job":1,"state":"ready","added":1,\#(id)}"#,
            #"{"job":1,"state":"ready",\#(id)}"#,
            #"{"job":1,"state":"ready","added":true,"more":1,\#(id)}"#,
        ] {
            #expect(try !check.faults(Data(wrong.utf8)).isEmpty)
        }
    }

    @Test func `names are one vocabulary, and old ones lead to a new one beside them`() {
        let shapes = CommandOutput.all.compactMap(\.shape) + [ProblemDocument.shape]
        for document in JSONShape.any(shapes).documents {
            let current = document.fields.filter { $0.replacement == nil }.map(\.name)
            #expect(Set(document.fields.map(\.name)).count == document.fields.count)
            for name in ["number", "bytes_done", "bytes_total", "failure", "verified"] {
                #expect(!current.contains(name), "\(document.name) says \(name)")
            }
            for field in document.fields {
                #expect(field.summary.hasSuffix("."), "\(document.name).\(field.name)")
                if let replacement = field.replacement { #expect(current.contains(replacement)) }
            }
        }
    }
}
