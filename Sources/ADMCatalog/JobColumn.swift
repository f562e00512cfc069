import GRDB

/// The columns of the job table, in their order.
///
/// A row has forty of them, and finding each by its name took as long as the query (measured); a test
/// compares the order with the table's.
/// The names of the cases come from `CodingKey`, because looking them up by reflection costs every start some 0.3 ms
/// (sampled).
enum JobColumn: Int, CaseIterable, CodingKey {
    case number
    case id
    case state
    case intent
    case sortKey
    case runAt
    case priority
    case epoch
    case owner
    case attempt
    case recoveries
    case bytesDone
    case bytesTotal
    case transferSeconds
    case createdAt
    case updatedAt
    case startedAt
    case finishedAt
    case lastModifiedIsStrong
    case targetDevice
    case targetInode
    case targetSize
    case host
    case url
    case finalUrl
    case directory
    case fileName
    case etag
    case lastModified
    case verification
    case failure
    case uniq
    case withheld
    case request
    /// The process that waits for the job in the foreground.
    case attendant
    case afterJob
    case retries
    case bestDone
    case waited
    case pausedBy
    case deliveredInode

    /// Its name in the table.
    var name: String { JobColumn.names[rawValue] }

    private static let names = allCases.map { column in
        column.stringValue.reduce(into: "") { text, letter in
            text += letter.isUppercase ? "_" + letter.lowercased() : String(letter)
        }
    }
}

extension Row {
    /// Reads a column of a whole row of the job table.
    func decode<Value: DatabaseValueConvertible & StatementColumnConvertible>(
        at column: JobColumn
    ) throws -> Value {
        try decode(Value.self, atIndex: column.rawValue)
    }
}
