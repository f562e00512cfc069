import GRDB

/// What a change puts into columns of a job.
struct JobValues: ExpressibleByDictionaryLiteral {
    /// A value, or SQL that may use the columns as they were, `:now`, and `:name_of_the_column` for a value.
    struct Value {
        let expression: String?
        let bound: (any DatabaseValueConvertible)?
        let isBound: Bool

        /// A value as it is.
        static func value(_ value: (any DatabaseValueConvertible)?) -> Value {
            Value(expression: nil, bound: value, isBound: true)
        }

        /// What SQL works out, with a value under the column's name.
        static func sql(_ expression: String, _ value: (any DatabaseValueConvertible)?) -> Value {
            Value(expression: expression, bound: value, isBound: true)
        }

        /// What SQL works out of the row alone.
        static func sql(_ expression: String) -> Value {
            Value(expression: expression, bound: nil, isBound: false)
        }

        /// Nothing.
        static var null: Value { sql("NULL") }
    }

    /// In the order in which they were given, so that equal changes are one statement.
    private(set) var pairs: [(column: JobColumn, value: Value)]

    init(dictionaryLiteral elements: (JobColumn, Value)...) {
        pairs = elements.map { (column: $0.0, value: $0.1) }
    }

    /// Those of two sets of columns that have none in common.
    static func + (values: JobValues, others: JobValues) -> JobValues {
        var all = values
        all.pairs += others.pairs
        return all
    }

    /// The value of a column; nil if it is not changed.
    subscript(column: JobColumn) -> Value? {
        get { pairs.first { $0.column == column }?.value }
        set {
            pairs.removeAll { $0.column == column }
            if let newValue { pairs.append((column: column, value: newValue)) }
        }
    }
}
