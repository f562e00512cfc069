package import Foundation

/// Holds JSON against a JSON Schema: as much of draft 2020-12 as adm's own schemas use.
///
/// A keyword that it does not know is a fault of the schema, so that nothing passes unread.
package struct JSONSchemaCheck {
    private let root: [String: Any]

    /// Reads a schema.
    ///
    /// - Throws: What the parser of JSON throws; `CocoaError` if it is no object.
    package init(_ schema: Data) throws {
        guard let root = try JSONSerialization.jsonObject(with: schema) as? [String: Any] else {
            throw CocoaError(.coderReadCorrupt)
        }
        self.root = root
    }

    /// What is wrong with a document, with the place; nothing if it is valid.
    package func faults(_ document: Data) throws -> [String] {
        faults(of: try JSONSerialization.jsonObject(with: document, options: .fragmentsAllowed))
    }

    /// What is wrong with a document that was read already.
    package func faults(of document: Any) -> [String] { faults(document, root, "$") }

    private static let known: Set<String> = [
        "$schema", "$id", "$defs", "$ref", "title", "description", "deprecated", "type", "format",
        "enum", "minimum", "maximum", "items", "minItems", "maxItems", "anyOf", "properties",
        "required", "additionalProperties",
    ]

    private func faults(_ value: Any, _ schema: [String: Any], _ place: String) -> [String] {
        var found = Set(schema.keys).subtracting(JSONSchemaCheck.known).map {
            "\(place): the schema has the unknown keyword \($0)"
        }
        if let reference = schema["$ref"] as? String {
            let name = String(reference.dropFirst("#/$defs/".count))
            let definitions = root["$defs"] as? [String: [String: Any]]
            guard let definition = definitions?[name] else {
                return found + ["\(place): \(reference) leads nowhere"]
            }
            found += faults(value, definition, place)
        }
        if let choices = schema["anyOf"] as? [[String: Any]] {
            let each = choices.map { faults(value, $0, place) }
            if !each.contains(where: \.isEmpty) {
                found += ["\(place): none of \(choices.count) shapes fits"] + (each.last ?? [])
            }
        }
        if let words = schema["enum"] as? [String], !words.contains(value as? String ?? "") {
            found.append("\(place): \(value) is none of \(words)")
        }
        let type = schema["type"]
        let types = (type as? [String]) ?? (type as? String).map { [$0] } ?? []
        if type != nil, !types.contains(where: { JSONSchemaCheck.value(value, is: $0) }) {
            return found + ["\(place): \(value) is none of \(types)"]
        }
        if let items = value as? [Any] { found += itemFaults(items, schema, place) }
        if let members = value as? [String: Any] { found += memberFaults(members, schema, place) }
        if let text = value as? String, schema["format"] as? String == "date-time" {
            let style = Date.ISO8601FormatStyle(includingFractionalSeconds: true)
            if (try? style.parse(text)) == nil { found.append("\(place): \(text) is no time") }
        }
        if let number = value as? Double {
            let low = schema["minimum"] as? Double ?? number
            let high = schema["maximum"] as? Double ?? number
            if !(low <= number && number <= high) { found.append("\(place): \(number)") }
        }
        return found
    }

    private func itemFaults(_ items: [Any], _ schema: [String: Any], _ place: String) -> [String] {
        let low = schema["minItems"] as? Int ?? 0
        let high = schema["maxItems"] as? Int ?? .max
        let count = low <= items.count && items.count <= high ? [] : ["\(place): \(items.count)"]
        guard let item = schema["items"] as? [String: Any] else { return count }
        return count + items.indices.flatMap { faults(items[$0], item, "\(place)[\($0)]") }
    }

    private func memberFaults(
        _ members: [String: Any],
        _ schema: [String: Any],
        _ place: String
    ) -> [String] {
        let properties = schema["properties"] as? [String: [String: Any]] ?? [:]
        let required = schema["required"] as? [String] ?? []
        var found = required.filter { members[$0] == nil }.map { "\(place): \($0) is missing" }
        for (name, value) in members {
            if let property = properties[name] {
                found += faults(value, property, "\(place).\(name)")
            } else if let other = schema["additionalProperties"] as? [String: Any] {
                found += faults(value, other, "\(place).\(name)")
            } else if schema["properties"] != nil {
                // A reader has to accept further fields, but what is printed is described.
                found.append("\(place): \(name) is not described")
            }
        }
        return found
    }

    private static func value(_ value: Any, is type: String) -> Bool {
        switch type {
        case "null": value is NSNull
        case "string": value is String
        case "boolean": (value as? NSNumber)?.isBoolean == true
        case "number": (value as? NSNumber)?.isBoolean == false
        case "integer":
            (value as? NSNumber).map { !$0.isBoolean && $0.doubleValue.rounded() == $0.doubleValue }
                ?? false
        case "array": value is [Any]
        case "object": value is [String: Any]
        default: false
        }
    }
}

extension NSNumber {
    /// Foundation reads `true` as a number that says of itself that it is one character.
    fileprivate var isBoolean: Bool { unsafe String(cString: objCType) == "c" }
}
