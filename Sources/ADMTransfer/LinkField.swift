import ADMModel

/// Reads the mirrors of a file out of `Link` fields (RFC 6249 §3, RFC 8288).
enum LinkField {
    /// The URLs with the relation `duplicate`, those with the lowest `pri` first.
    ///
    /// What cannot be read is left out.
    static func mirrors(_ fields: [String], base: SourceURL) -> [SourceURL] {
        fields.flatMap(links).filter { $0.relations.contains("duplicate") }
            .sorted { $0.priority < $1.priority }
            .compactMap { try? base.resolving(location: $0.target) }
    }

    private struct Link {
        var target: String
        var relations: [String] = []
        var priority = 999_999
    }

    private static func links(_ field: String) -> [Link] {
        var links: [Link] = []
        var rest = field[...]
        while let open = rest.firstIndex(of: "<"), let close = rest[open...].firstIndex(of: ">") {
            var link = Link(target: String(rest[rest.index(after: open)..<close]))
            rest = rest[rest.index(after: close)...]
            let end = endOfLink(rest)
            for parameter in parameters(rest[..<end]) {
                switch parameter.name {
                case "rel":
                    link.relations = parameter.value.lowercased().split(separator: " ").map(
                        String.init
                    )
                case "pri": link.priority = Int(digits: parameter.value) ?? link.priority
                default: break
                }
            }
            links.append(link)
            rest = rest[end...]
        }
        return links
    }

    /// The comma before the next link, outside of quotes; the end where there is none.
    private static func endOfLink(_ text: Substring) -> Substring.Index {
        var isQuoted = false
        for index in text.indices {
            if text[index] == "\"" { isQuoted.toggle() }
            if text[index] == ",", !isQuoted { return index }
        }
        return text.endIndex
    }

    private static func parameters(_ text: Substring) -> [(name: String, value: String)] {
        text.split(separator: ";").compactMap { part in
            guard let equals = part.firstIndex(of: "=") else { return nil }
            let name = part[..<equals].filter { $0 != " " }.lowercased()
            let value = part[part.index(after: equals)...].filter { $0 != "\"" }
            return (name, value.trimmingPrefix(while: { $0 == " " }).description)
        }
    }
}
