extension JSONShape {
    /// The documents that a value is, has or may be, each once, outer ones before inner ones.
    package var documents: [DocumentDescription] {
        var found: [DocumentDescription] = []
        collect(into: &found)
        return found
    }

    private func collect(into found: inout [DocumentDescription]) {
        switch self {
        case .text, .words, .integer, .number, .boolean: break
        case .list(let item), .tuple(let item, _), .map(let item), .nullable(let item):
            item.collect(into: &found)
        case .any(let shapes): for shape in shapes { shape.collect(into: &found) }
        case .document(let document):
            guard !found.contains(where: { $0.name == document.name }) else { return }
            found.append(document)
            for field in document.fields { field.shape.collect(into: &found) }
        }
    }
}
