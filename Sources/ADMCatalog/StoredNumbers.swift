import ADMModel
import Foundation
import GRDB

/// What the numbers of a row may be.
///
/// Anything else was not written by adm, and the row is not used.
/// With these ranges, nothing that is worked out of stored numbers overflows.
enum StoredNumbers {
    /// Numbers of bytes.
    static let bytes: ClosedRange<Int64> = 0...ByteCount.limit
    /// Milliseconds since 1970.
    static let moment =
        Date.known.lowerBound.milliseconds...Date.known.upperBound.milliseconds
    /// Numbers of jobs and events.
    static let number: ClosedRange<Int64> = 1...(1 << 53)
    /// Counts of attempts, retries and recoveries.
    static let count: ClosedRange<Int> = 0...1_000_000_000
    /// Claims on one job.
    static let epoch: ClosedRange<Int64> = 0...(1 << 53)
    /// Priorities; earlier versions let in more than ``Priority/allowed``.
    static let priority: ClosedRange<Int> = -5_000_000_000_000...5_000_000_000_000
    /// Places in the queue: a moment less a priority.
    static let sortKey: ClosedRange<Int64> = -(1 << 62)...(1 << 62)
    /// Seconds of a transfer: some thirty thousand years.
    static let seconds: ClosedRange<Double> = 0...1e12
    /// Milliseconds of waiting.
    static let span: ClosedRange<Int64> = 0...1_000_000_000_000_000
}

/// A value that cannot be what its column says.
struct UnreadableValue: Error {
    /// What is wrong, as the end of a sentence: `its attempt is -5`.
    let reason: String
}

/// A row of a job, or one that belongs to it, that cannot be read.
struct UnreadableRow: Error {
    /// The job's number.
    let job: Int64
    /// What is wrong: `its attempt is -5`.
    let reason: String

    /// What people are told.
    var failure: Failure {
        Failure(
            .databaseDamaged,
            "job \(job) cannot be read: \(reason)",
            hint: "adm rm \(job) forgets it; no other job is affected"
        )
    }

    /// Reads something of a job; whatever is wrong with a value is wrong with the job.
    ///
    /// - Throws: ``UnreadableRow``; an error of the database itself as it is.
    static func reading<Value>(_ job: Int64, _ body: () throws -> Value) throws -> Value {
        do { return try body() } catch let error as UnreadableValue {
            throw UnreadableRow(job: job, reason: error.reason)
        } catch let error as DatabaseError {
            throw error
        } catch let error as UnreadableRow {
            throw error
        } catch let error as Failure {
            throw UnreadableRow(job: job, reason: error.message)
        } catch {
            throw UnreadableRow(job: job, reason: "a column holds another type")
        }
    }
}

extension Row {
    /// Reads a number of a whole row of the job table.
    func decode<Number: Comparable & DatabaseValueConvertible & StatementColumnConvertible>(
        at column: JobColumn,
        in range: ClosedRange<Number>
    ) throws -> Number {
        let number: Number = try decode(at: column)
        guard range.contains(number) else { throw UnreadableValue(column.stringValue, "\(number)") }
        return number
    }

    /// Reads a number, or null, of a whole row of the job table.
    func decode<Number: Comparable & DatabaseValueConvertible & StatementColumnConvertible>(
        at column: JobColumn,
        ifIn range: ClosedRange<Number>
    ) throws -> Number? {
        guard let number: Number = try decode(at: column) else { return nil }
        guard range.contains(number) else { throw UnreadableValue(column.stringValue, "\(number)") }
        return number
    }

    /// Reads a number of any row.
    func decode<Number: Comparable & DatabaseValueConvertible & StatementColumnConvertible>(
        _ column: String,
        in range: ClosedRange<Number>
    ) throws -> Number {
        let number = try decode(Number.self, forColumn: column)
        guard range.contains(number) else { throw UnreadableValue(column, "\(number)") }
        return number
    }

    /// Reads a number, or null, of any row.
    func decode<Number: Comparable & DatabaseValueConvertible & StatementColumnConvertible>(
        _ column: String,
        ifIn range: ClosedRange<Number>
    ) throws -> Number? {
        guard let number = try decode(Number?.self, forColumn: column) else { return nil }
        guard range.contains(number) else { throw UnreadableValue(column, "\(number)") }
        return number
    }

    /// Reads a moment of any row.
    func moment(_ column: String) throws -> Date {
        Date(milliseconds: try decode(column, in: StoredNumbers.moment))
    }
}

extension UnreadableValue {
    /// Names a column and what it holds.
    init(_ column: String, _ value: String) { reason = "its \(column) is \(value)" }
}
