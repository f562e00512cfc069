import TOMLKit

/// A value of a TOML text.
enum TOMLNode: Sendable, Hashable {
    case string(String)
    case integer(Int)
    case decimal(Double)
    case boolean(Bool)
    case list([TOMLNode])
    case table([String: TOMLNode])
    case date
    case time
    case dateWithTime

    /// What people call it, with its article.
    var kind: String {
        switch self {
        case .string: "a string"
        case .integer: "a whole number"
        case .decimal: "a number with a fraction"
        case .boolean: "true or false"
        case .list: "a list"
        case .table: "a table"
        case .date: "a date"
        case .time: "a time of day"
        case .dateWithTime: "a date with a time"
        }
    }

    private static func members(of table: TOMLTable?) -> [String: TOMLNode] {
        guard let table else { return [:] }
        var members: [String: TOMLNode] = [:]
        for key in table.keys { members[key] = table[key].map { TOMLNode($0) } }
        return members
    }

    /// Takes a value of the parser.
    init(_ value: any TOMLValueConvertible) {
        self =
            switch value.type {
            case .string: .string(value.string ?? "")
            case .int: .integer(value.int ?? 0)
            case .double: .decimal(value.double ?? 0)
            case .bool: .boolean(value.bool ?? false)
            case .array: .list((value.array ?? []).map { TOMLNode($0) })
            case .table: .table(TOMLNode.members(of: value.table))
            case .date: .date
            case .time: .time
            case .dateTime: .dateWithTime
            }
    }
}
