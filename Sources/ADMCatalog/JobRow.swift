import ADMModel
import Foundation
import GRDB

/// How a row of the job table becomes a value.
enum JobRow {
    static func job(from row: Row) throws -> Job {
        guard let id = JobID(try row.decode(forColumn: "id")),
            let state = JobState(rawValue: try row.decode(forColumn: "state"))
        else {
            throw DatabaseError(resultCode: .SQLITE_CORRUPT, message: "a job cannot be read")
        }
        let total: Int64? = try row.decode(forColumn: "bytes_total")
        let finalURL: String? = try row.decode(forColumn: "final_url")
        return Job(
            id: id,
            number: try row.decode(forColumn: "number"),
            request: try StoredRequest.request(
                row.decode(forColumn: "request"),
                url: url(row.decode(forColumn: "url")),
                priority: row.decode(forColumn: "priority")
            ),
            withheldHeaders: try StoredJSON.value(row.decode(forColumn: "withheld")),
            state: state,
            finalURL: try finalURL.map(url),
            directory: try row.decode(forColumn: "directory"),
            fileName: try row.decode(forColumn: "file_name"),
            bytesDone: try row.decode(forColumn: "bytes_done"),
            bytesTotal: total,
            validators: Validators(
                entityTag: try row.decode(forColumn: "etag"),
                lastModified: try row.decode(forColumn: "last_modified"),
                lastModifiedIsStrong: try row.decode(forColumn: "last_modified_is_strong"),
                length: total
            ),
            attempts: try row.decode(forColumn: "attempt"),
            verification: try StoredJSON.value(ifPresent: row.decode(forColumn: "verification")),
            failure: try StoredJSON.value(ifPresent: row.decode(forColumn: "failure")),
            createdAt: Date(milliseconds: try row.decode(forColumn: "created_at")),
            startedAt: try date(row, "started_at"),
            finishedAt: try date(row, "finished_at"),
            transferSeconds: try row.decode(forColumn: "transfer_seconds"),
            runAt: Date(milliseconds: try row.decode(forColumn: "run_at")),
            after: try row.decode(forColumn: "after_job"),
            pausedBy: try pauseCause(row, state)
        )
    }

    /// The claim that the row's present executor holds.
    static func claim(from row: Row, in database: Database) throws -> Claim {
        let job = try job(from: row)
        let ranges = try Row.fetchAll(
            try database.cachedStatement(
                sql: "SELECT first, past FROM segment WHERE job = ? ORDER BY first"
            ),
            arguments: [job.number]
        )
        return Claim(
            job: job,
            epoch: try row.decode(forColumn: "epoch"),
            owner: try row.decode(forColumn: "owner"),
            segments: SegmentMap(
                try ranges.map {
                    ByteRange(try $0.decode(forColumn: "first"), try $0.decode(forColumn: "past"))
                }
            ),
            target: try target(from: row),
            retries: try row.decode(forColumn: "retries"),
            bestDone: try row.decode(forColumn: "best_done")
        )
    }

    private static func target(from row: Row) throws -> FinalTarget? {
        guard let name: String = try row.decode(forColumn: "file_name"),
            let device: Int64 = try row.decode(forColumn: "target_device"),
            let inode: Int64 = try row.decode(forColumn: "target_inode"),
            let size: Int64 = try row.decode(forColumn: "target_size")
        else { return nil }
        return FinalTarget(
            fileName: name,
            device: UInt64(bitPattern: device),
            inode: UInt64(bitPattern: inode),
            size: size
        )
    }

    private static func pauseCause(_ row: Row, _ state: JobState) throws -> PauseCause? {
        guard state == .paused else { return nil }
        let text: String? = try row.decode(forColumn: "paused_by")
        return text.flatMap(PauseCause.init)
    }

    private static func url(_ text: String) throws -> SourceURL {
        do { return try SourceURL(text) } catch {
            throw DatabaseError(resultCode: .SQLITE_CORRUPT, message: "a URL cannot be read")
        }
    }

    static func date(_ row: Row, _ column: String) throws -> Date? {
        let milliseconds: Int64? = try row.decode(forColumn: column)
        return milliseconds.map { Date(milliseconds: $0) }
    }
}
