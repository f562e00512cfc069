import ADMModel
package import Foundation

// How the values of which documents are made are written.

extension String: JSONWritable {
    /// A text.
    package static var shape: JSONShape { .text() }
    /// Writes the text.
    package func write(to json: inout JSONWriter) { json.append(self) }
}

extension Bool: JSONWritable {
    /// True or false.
    package static var shape: JSONShape { .boolean }
    /// Writes true or false.
    package func write(to json: inout JSONWriter) { json.append(self) }
}

extension Int: JSONWritable {
    /// A whole number.
    package static var shape: JSONShape { .integer() }
    /// Writes the number.
    package func write(to json: inout JSONWriter) { json.append(self) }
}

extension Int32: JSONWritable {
    /// A whole number.
    package static var shape: JSONShape { .integer() }
    /// Writes the number.
    package func write(to json: inout JSONWriter) { json.append(self) }
}

extension Int64: JSONWritable {
    /// A whole number.
    package static var shape: JSONShape { .integer() }
    /// Writes the number.
    package func write(to json: inout JSONWriter) { json.append(self) }
}

extension Double: JSONWritable {
    /// A number.
    package static var shape: JSONShape { .number }
    /// Writes the number.
    package func write(to json: inout JSONWriter) { json.append(self) }
}

extension Date: JSONWritable {
    /// A moment of RFC 3339.
    package static var shape: JSONShape { .text(format: "date-time") }
    /// Writes the moment in UTC with milliseconds.
    package func write(to json: inout JSONWriter) { json.append(DateText.text(self)) }
}

extension Optional: JSONShaped where Wrapped: JSONShaped {
    /// The value or null.
    package static var shape: JSONShape { .nullable(Wrapped.shape) }
}

extension Optional: JSONWritable where Wrapped: JSONWritable {
    /// Writes the value, or null.
    package func write(to json: inout JSONWriter) {
        if let self { self.write(to: &json) } else { json.appendNull() }
    }
}

extension Array: JSONShaped where Element: JSONShaped {
    /// A list.
    package static var shape: JSONShape { .list(Element.shape) }
}

extension Array: JSONWritable where Element: JSONWritable {
    /// Writes the list.
    package func write(to json: inout JSONWriter) { json.append(self) }
}

extension Dictionary: JSONShaped where Key == String, Value: JSONShaped {
    /// Values by name.
    package static var shape: JSONShape { .map(Value.shape) }
}

extension Dictionary: JSONWritable where Key == String, Value: JSONWritable {
    /// Writes the values, sorted by name.
    package func write(to json: inout JSONWriter) { json.append(self) }
}

/// A measured number with a limited number of decimal places.
struct Rounded: JSONWritable {
    static var shape: JSONShape { .number }

    let value: Double

    /// Rounds to `places` decimal places, from 0 to 6; numbers from a thousand million on are whole.
    init(_ number: Double, places: Int = 3) {
        let scale = [1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6][places]
        value = abs(number) < 1e9 ? (number * scale).rounded() / scale : number.rounded()
    }

    /// Writes the number, or null where JSON cannot write it.
    func write(to json: inout JSONWriter) { json.append(value) }
}
