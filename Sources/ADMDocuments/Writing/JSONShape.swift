import ADMModel

/// What a JSON value may be: what the schemas and the page of all fields are made of.
package indirect enum JSONShape: Sendable {
    /// A text; `format` is a word that JSON Schema knows, such as `date-time`.
    case text(format: String? = nil)
    /// One of these words.
    case words([String])
    /// A whole number, in a range where one is known.
    case integer(ClosedRange<Int64>? = nil)
    /// A number.
    case number
    /// True or false.
    case boolean
    /// Values of one shape.
    case list(JSONShape)
    /// A fixed number of values of one shape.
    case tuple(JSONShape, count: Int)
    /// Values of one shape by name.
    case map(JSONShape)
    /// The value, or null.
    case nullable(JSONShape)
    /// A document with a name of its own.
    case document(DocumentDescription)
    /// One of several.
    case any([JSONShape])

    /// What a value must be, for people: `a list of strings`.
    var inWords: String {
        switch self {
        case .text: "a string"
        case .words(let words): "one of \(words.joined(separator: ", "))"
        case .integer(let range?): "a whole number from \(range.lowerBound) to \(range.upperBound)"
        case .integer(nil): "a whole number"
        case .number: "a number"
        case .boolean: "true or false"
        case .list(let shape): "a list of \(shape.several)"
        case .tuple(let shape, let count): "a list of \(count) \(shape.several)"
        case .map(let shape): "an object whose values are \(shape.several)"
        case .nullable(let shape): "\(shape.inWords) or null"
        case .document: "an object"
        case .any(let shapes): shapes.map(\.inWords).joined(separator: " or ")
        }
    }

    /// What the values in it must be; nil if there are none.
    var inner: JSONShape? {
        switch self {
        case .list(let shape), .tuple(let shape, _), .map(let shape): shape
        case .nullable(let shape): shape.inner
        default: nil
        }
    }

    private var several: String {
        switch self {
        case .text: "strings"
        case .integer: "whole numbers"
        case .number: "numbers"
        case .boolean: "true or false"
        case .document, .map: "objects"
        default: "values that are \(inWords)"
        }
    }
}

/// A value whose JSON form is known before there is one.
package protocol JSONShaped: Sendable {
    /// What its JSON may be.
    static var shape: JSONShape { get }
}

/// A value that can be written as JSON.
package protocol JSONWritable: JSONShaped {
    /// Writes the value.
    func write(to json: inout JSONWriter)
}

/// An enumeration that JSON shows as one of its words.
package protocol JSONWord: JSONWritable, CaseIterable, RawRepresentable where RawValue == String {}

extension JSONWord {
    /// One of the words.
    package static var shape: JSONShape { .words(allCases.map(\.rawValue)) }

    /// Writes the word.
    package func write(to json: inout JSONWriter) { json.append(rawValue) }
}
