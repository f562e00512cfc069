import ADMModel
import Foundation
import GRDB

/// How a row of the job table becomes a value.
enum JobRow {
    static func job(from row: Row) throws -> Job {
        guard let id = JobID(try row.decode(at: .id)),
            let state = JobState(rawValue: try row.decode(at: .state))
        else {
            throw DatabaseError(resultCode: .SQLITE_CORRUPT, message: "a job cannot be read")
        }
        let total: Int64? = try row.decode(at: .bytesTotal)
        let finalURL: String? = try row.decode(at: .finalUrl)
        var job = Job(
            id: id,
            number: try row.decode(at: .number),
            request: try StoredRequest.request(
                row.decode(at: .request),
                url: url(row.decode(at: .url)),
                priority: row.decode(at: .priority)
            ),
            withheldHeaders: try withheld(row.decode(at: .withheld)),
            state: state,
            finalURL: try finalURL.map(url),
            directory: try row.decode(at: .directory),
            fileName: try row.decode(at: .fileName),
            bytesDone: try row.decode(at: .bytesDone),
            bytesTotal: total,
            validators: Validators(
                entityTag: try row.decode(at: .etag),
                lastModified: try row.decode(at: .lastModified),
                lastModifiedIsStrong: try row.decode(at: .lastModifiedIsStrong),
                length: total
            ),
            attempts: try row.decode(at: .attempt),
            verification: try StoredJSON.value(ifPresent: row.decode(at: .verification)),
            failure: try StoredJSON.value(ifPresent: row.decode(at: .failure)),
            createdAt: Date(milliseconds: try row.decode(at: .createdAt)),
            startedAt: try date(row, at: .startedAt),
            finishedAt: try date(row, at: .finishedAt),
            transferSeconds: try row.decode(at: .transferSeconds),
            runAt: Date(milliseconds: try row.decode(at: .runAt)),
            after: try row.decode(at: .afterJob),
            pausedBy: try pauseCause(row, state)
        )
        job.deliveredInode = try row.decode(at: .deliveredInode)
        return job
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
            epoch: try row.decode(at: .epoch),
            owner: try row.decode(at: .owner),
            segments: SegmentMap(
                try ranges.map {
                    ByteRange(try $0.decode(forColumn: "first"), try $0.decode(forColumn: "past"))
                }
            ),
            target: try target(from: row),
            retries: try row.decode(at: .retries),
            bestDone: try row.decode(at: .bestDone),
            mayHaveCredentials: try Bool.fetchOne(
                try database.cachedStatement(sql: "SELECT EXISTS (SELECT 1 FROM credential)")
            ) ?? true,
            allowedConnections: try Catalog.allowedConnections(
                of: job.request.url.origin.host,
                at: Date(),
                in: database
            ),
            pieces: try Catalog.pieces(of: job.number, in: database)
        )
    }

    private static func target(from row: Row) throws -> FinalTarget? {
        guard let name: String = try row.decode(at: .fileName),
            let device: Int64 = try row.decode(at: .targetDevice),
            let inode: Int64 = try row.decode(at: .targetInode),
            let size: Int64 = try row.decode(at: .targetSize)
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
        let text: String? = try row.decode(at: .pausedBy)
        return text.flatMap(PauseCause.init)
    }

    private static func url(_ text: String) throws -> SourceURL {
        do { return try SourceURL(text) } catch {
            throw DatabaseError(resultCode: .SQLITE_CORRUPT, message: "a URL cannot be read")
        }
    }

    private static func date(_ row: Row, at column: JobColumn) throws -> Date? {
        let milliseconds: Int64? = try row.decode(at: column)
        return milliseconds.map { Date(milliseconds: $0) }
    }

    private static func withheld(_ text: String) throws -> [String] {
        text == "[]" ? [] : try StoredJSON.value(text)
    }

    static func date(_ row: Row, _ column: String) throws -> Date? {
        let milliseconds: Int64? = try row.decode(forColumn: column)
        return milliseconds.map { Date(milliseconds: $0) }
    }
}
