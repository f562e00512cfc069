import ADMModel
import Foundation
import Testing

@testable import ADMServer

/// The description of the API can be read by programs that make clients of it.
@Suite struct OpenAPITests {
    private func document() throws -> [String: Any] {
        let value = try JSONSerialization.jsonObject(with: Data(OpenAPI.text.utf8))
        return try #require(value as? [String: Any])
    }

    /// Each operation with its path and method.
    private func operations() throws -> [(path: String, method: String, members: [String: Any])] {
        let paths = try #require(document()["paths"] as? [String: [String: [String: Any]]])
        return paths.flatMap { path, methods in
            methods.map { (path: path, method: $0.key, members: $0.value) }
        }
    }

    /// All references in a value.
    private func references(_ value: Any) -> [String] {
        if let items = value as? [Any] { return items.flatMap(references) }
        guard let members = value as? [String: Any] else { return [] }
        return members.flatMap { name, value in
            name == "$ref" ? [value as? String ?? "no text"] : references(value)
        }
    }

    private func names(in path: String) -> [String] {
        path.split(separator: "/").filter { $0.hasPrefix("{") && $0.hasSuffix("}") }
            .map { String($0.dropFirst().dropLast()) }
    }

    @Test func `it is a description of the version 3.1, and ends with a line's end`() throws {
        let document = try document()
        #expect(document["openapi"] as? String == "3.1.0")
        #expect(document["info"] is [String: Any])
        #expect(document["components"] is [String: Any])
        #expect(OpenAPI.text.hasSuffix("}\n"))
    }

    @Test func `every operation of the table is in it, under a name of its own`() throws {
        let operations = try operations()
        let names = operations.compactMap { $0.members["operationId"] as? String }
        #expect(names.count == operations.count)
        #expect(Set(names).count == names.count)
        #expect(Set(names) == Set(API.operations.map(\.name)))
        for operation in API.operations {
            let found = operations.first {
                $0.path == operation.path && $0.method == operation.method.rawValue.lowercased()
            }
            #expect(found?.members["operationId"] as? String == operation.name)
            #expect((found?.members["summary"] as? String)?.hasSuffix(".") == true)
        }
    }

    @Test func `no two operations answer the same request`() {
        let requests = API.operations.map { operation in
            let parts = operation.path.split(separator: "/").map { $0.hasPrefix("{") ? "{}" : $0 }
            return operation.method.rawValue + " /" + parts.joined(separator: "/")
        }
        #expect(Set(requests).count == requests.count)
    }

    @Test func `every reference leads somewhere, and every schema is led to`() throws {
        let document = try document()
        let components = try #require(document["components"] as? [String: Any])
        let schemas = try #require(components["schemas"] as? [String: Any])
        let references = references(document)
        #expect(!references.isEmpty)
        for reference in references {
            #expect(reference.hasPrefix("#/components/schemas/"))
            #expect(schemas[String(reference.dropFirst("#/components/schemas/".count))] != nil)
        }
        let used = Set(references.map { String($0.dropFirst("#/components/schemas/".count)) })
        #expect(used == Set(schemas.keys))
    }

    @Test func `every name in a path is a parameter that has to be there, and no other is`() throws
    {
        for (path, method, members) in try operations() {
            let parameters = members["parameters"] as? [[String: Any]] ?? []
            let inPath = parameters.filter { $0["in"] as? String == "path" }
            let found = inPath.compactMap { $0["name"] as? String }
            #expect(found == names(in: path), "\(method) \(path)")
            #expect(inPath.allSatisfy { $0["required"] as? Bool == true }, "\(method) \(path)")
            let all = parameters.compactMap { parameter in
                (parameter["in"] as? String).flatMap { place in
                    (parameter["name"] as? String).map { "\(place) \($0)" }
                }
            }
            #expect(all.count == parameters.count && Set(all).count == all.count)
            #expect(parameters.allSatisfy { $0["schema"] is [String: Any] })
        }
    }

    @Test func `every operation says what it answers, and how it fails`() throws {
        for (path, method, members) in try operations() {
            let responses = try #require(members["responses"] as? [String: [String: Any]])
            #expect(responses["default"] != nil, "\(method) \(path)")
            #expect(responses.keys.contains { $0.hasPrefix("2") }, "\(method) \(path)")
            #expect(responses.values.allSatisfy { $0["description"] is String })
        }
    }

    @Test func `only what says nothing of jobs is open to everybody`() {
        let open = API.operations.filter { $0.needs == nil }.map(\.name)
        #expect(open.sorted() == ["getDescription", "getHealth", "getReadiness"])
        for operation in API.operations where operation.method != .get {
            let needed = operation.needs ?? .read
            #expect(needed >= .submit, "\(operation.name)")
        }
    }
}
