package import ADMModel
import Foundation

/// An object that adm accepts, declared as a table of its fields; a field that is not in it is refused.
package protocol InputBody: Decodable, Sendable {
    /// Says nothing.
    init()
    /// Its fields.
    static var fields: [InputField<Self>] { get }
    /// What such an object looks like, for people.
    static var example: String { get }
    /// Its name, as the schema has it.
    static var name: String { get }
    /// What it is, in a sentence.
    static var summary: String { get }
}

extension InputBody {
    /// What can be said of such objects.
    package static var description: DocumentDescription {
        DocumentDescription(name: name, summary: summary, fields: fields.map(\.description))
    }

    /// Reads one object.
    ///
    /// - Throws: ``Failure`` with `usage` that names the field.
    package static func parse(_ text: String) throws(Failure) -> Self {
        do {
            return try JSONDecoder().decode(Self.self, from: Data(text.utf8))
        } catch let failure as Failure {
            throw failure
        } catch let DecodingError.keyNotFound(key, _) {
            throw Failure(.usage, "the field \(key.stringValue) is missing")
        } catch let DecodingError.typeMismatch(_, context) where !context.codingPath.isEmpty {
            throw wrongValue(of: context.codingPath)
        } catch let DecodingError.dataCorrupted(context) where !context.codingPath.isEmpty {
            throw wrongValue(of: context.codingPath)
        } catch {
            throw Failure(.usage, "it is not a JSON object", hint: "write \(example)")
        }
    }

    /// The failure for a value that a field cannot have.
    private static func wrongValue(of path: [any CodingKey]) -> Failure {
        let name = path.first?.stringValue ?? ""
        let field = fields.first { $0.description.name == name }
        let shape = path.dropFirst().reduce(field?.description.shape) { shape, _ in shape?.inner }
        let wanted = shape.map { ": it must be \($0.inWords)" } ?? ""
        // People count from 1.
        let place = path.map { key in
            // The name of a setting may be a number, too.
            guard let index = key.intValue, key.stringValue == "Index \(index)" else {
                return key.stringValue
            }
            return "\(index.adding(saturating: 1))"
        }
        return Failure(
            .usage,
            "the field \(place.joined(separator: ".")) has a wrong value\(wanted)"
        )
    }

    /// Reads the fields of the table; a name that is not in it is refused.
    package init(from decoder: any Decoder) throws {
        self.init()
        let values = try decoder.container(keyedBy: FieldName.self)
        let known = Self.fields.map(\.description.name)
        if let unknown = values.allKeys.map(\.stringValue).first(where: { !known.contains($0) }) {
            throw Failure(
                .usage,
                "there is no field \(unknown.debugDescription)",
                hint: NearestWord.to(unknown, in: known).map { "did you mean \($0)?" }
            )
        }
        for field in Self.fields {
            try field.read(&self, values, FieldName(field.description.name))
        }
    }
}
