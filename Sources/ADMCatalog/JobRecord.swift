import ADMModel
import Foundation
import GRDB

/// How a row of the job table becomes a value.
enum JobRecord {
    /// The job of a row.
    ///
    /// - Throws: ``UnreadableRow`` if it holds something that adm does not write.
    static func job(from row: Row) throws -> Job {
        var options = StoredOptions()
        return try job(from: row, &options)
    }

    /// The job of one of many rows.
    static func job(from row: Row, _ options: inout StoredOptions) throws -> Job {
        let number: Int64 = try row.decode(at: .number)
        return try UnreadableRow.reading(number) { try values(of: row, &options) }
    }

    private static func values(of row: Row, _ options: inout StoredOptions) throws -> Job {
        guard let id = JobID(try row.decode(at: .id)) else {
            throw UnreadableValue(reason: "its identifier is not valid")
        }
        guard let state = JobState(rawValue: try row.decode(at: .state)) else {
            throw UnreadableValue(reason: "its state is not one that adm knows")
        }
        try checkQueue(row)
        let total = try row.decode(at: .bytesTotal, ifIn: StoredNumbers.bytes)
        let finalURL: String? = try row.decode(at: .finalUrl)
        var job = Job(
            id: id,
            number: try row.decode(at: .number, in: StoredNumbers.number),
            request: try options.request(
                row.decode(at: .request),
                url: SourceURL(row.decode(at: .url)),
                priority: row.decode(at: .priority, in: StoredNumbers.priority)
            ),
            withheldHeaders: try withheld(row.decode(at: .withheld)),
            state: state,
            finalURL: try finalURL.map { try SourceURL($0) },
            directory: try row.decode(at: .directory),
            fileName: try row.decode(at: .fileName),
            bytesDone: try row.decode(at: .bytesDone, in: StoredNumbers.bytes),
            bytesTotal: total,
            validators: Validators(
                entityTag: try row.decode(at: .etag),
                lastModified: try row.decode(at: .lastModified),
                lastModifiedIsStrong: try row.decode(at: .lastModifiedIsStrong),
                length: total
            ),
            attempts: try row.decode(at: .attempt, in: StoredNumbers.count),
            verification: try StoredJSON.value(ifPresent: row.decode(at: .verification)),
            failure: try StoredJSON.value(ifPresent: row.decode(at: .failure)),
            createdAt: try moment(row, at: .createdAt),
            startedAt: try momentIfPresent(row, at: .startedAt),
            finishedAt: try momentIfPresent(row, at: .finishedAt),
            transferSeconds: try row.decode(at: .transferSeconds, in: StoredNumbers.seconds),
            runAt: try moment(row, at: .runAt),
            after: try row.decode(at: .afterJob),
            pausedBy: try pauseCause(row, state)
        )
        job.deliveredInode = try row.decode(at: .deliveredInode)
        return job
    }

    /// Sees that statements can calculate with what only they use.
    private static func checkQueue(_ row: Row) throws {
        _ = try row.decode(at: .sortKey, in: StoredNumbers.sortKey)
        _ = try row.decode(at: .epoch, in: StoredNumbers.epoch)
        _ = try row.decode(at: .recoveries, in: StoredNumbers.count)
        _ = try row.decode(at: .retries, in: StoredNumbers.count)
        _ = try row.decode(at: .bestDone, in: StoredNumbers.bytes)
        _ = try row.decode(at: .updatedAt, in: StoredNumbers.moment)
        _ = try row.decode(at: .waited, ifIn: StoredNumbers.span)
        _ = try row.decode(at: .targetSize, ifIn: StoredNumbers.bytes)
    }

    /// What can be said of a row whether or not it can be read.
    static func light(_ row: Row, _ problem: UnreadableRow) -> UnreadableJob {
        let id = try? row.decode(String.self, forColumn: "id")
        let directory = try? row.decode(String.self, forColumn: "directory")
        let url = try? row.decode(String.self, forColumn: "url")
        return UnreadableJob(
            number: problem.job,
            id: id.flatMap { JobID($0) },
            directory: directory.flatMap { $0.hasPrefix("/") ? $0 : nil },
            url: url.map { SourceURL.redact(String($0.prefix(4096))) },
            failure: problem.failure
        )
    }

    /// Where a file was going; nil if it is not in `finalizing`.
    static func target(from row: Row) throws -> FinalTarget? {
        guard let name: String = try row.decode(at: .fileName),
            let device: Int64 = try row.decode(at: .targetDevice),
            let inode: Int64 = try row.decode(at: .targetInode),
            let size = try row.decode(at: .targetSize, ifIn: StoredNumbers.bytes)
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

    private static func moment(_ row: Row, at column: JobColumn) throws -> Date {
        Date(milliseconds: try row.decode(at: column, in: StoredNumbers.moment))
    }

    private static func momentIfPresent(_ row: Row, at column: JobColumn) throws -> Date? {
        try row.decode(at: column, ifIn: StoredNumbers.moment).map { Date(milliseconds: $0) }
    }

    private static func withheld(_ text: String) throws -> [String] {
        text == "[]" ? [] : try StoredJSON.value(text)
    }

    static func date(_ row: Row, _ column: String) throws -> Date? {
        try row.decode(column, ifIn: StoredNumbers.moment).map { Date(milliseconds: $0) }
    }
}

extension JobListing {
    /// Takes the job of a row.
    mutating func add(_ row: Row, _ options: inout StoredOptions) throws {
        do { jobs.append(try JobRecord.job(from: row, &options)) } catch let problem
            as UnreadableRow
        {
            unreadable.append(JobRecord.light(row, problem))
        }
    }

    /// Takes the jobs of rows.
    init(_ rows: [Row]) throws {
        self.init()
        var options = StoredOptions()
        for row in rows { try add(row, &options) }
    }
}
