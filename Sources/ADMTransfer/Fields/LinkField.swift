import ADMModel

/// Reads the mirrors of a file out of `Link` fields (RFC 6249 §3, RFC 8288).
enum LinkField {
    /// The URLs with the relation `duplicate`, those with the lowest `pri` first.
    ///
    /// If a parameter is given twice, the first counts. Links that say by `anchor` where another file is, and links
    /// that cannot be read, are left out.
    static func mirrors(_ fields: [String], base: SourceURL) -> [SourceURL] {
        fields.flatMap(links)
            .filter { $0.relations.contains("duplicate") && $0.isAbout(base) }
            .sorted { $0.priority < $1.priority }
            .compactMap { try? base.resolving(location: $0.target) }
    }

    private static func links(_ field: String) -> [Link] {
        var scanner = LinkScanner(bytes: Array(field.utf8))
        var links: [Link] = []
        while let link = scanner.next() { links.append(link) }
        return links
    }
}

/// One link: where it leads, and its parameters with their names in lower case.
private struct Link {
    var target: String
    var parameters: [String: String] = [:]

    /// Its relations, in lower case.
    var relations: [String] {
        (parameters["rel"] ?? "").lowercased().split(whereSeparator: { " \t".contains($0) })
            .map(String.init)
    }

    /// RFC 6249 §3.1: the lowest first.
    var priority: Int { parameters["pri"].flatMap { Int(digits: $0) } ?? 999_999 }

    /// Whether it is a link of the file itself and not of another one, or of a part of it (RFC 8288 §3.2).
    func isAbout(_ base: SourceURL) -> Bool {
        guard let anchor = parameters["anchor"] else { return true }
        return !anchor.contains("#") && (try? base.resolving(location: anchor)) == base
    }
}

/// Goes through the links of a field, as RFC 8288 §B.2 describes it.
private struct LinkScanner {
    let bytes: [UInt8]
    private var position = 0

    init(bytes: [UInt8]) { self.bytes = bytes }

    /// The next link; nil at the end.
    mutating func next() -> Link? {
        while true {
            _ = take { LinkScanner.isBlank($0) || $0 == UInt8(ascii: ",") }
            guard position < bytes.count else { return nil }
            guard bytes[position] == UInt8(ascii: "<") else {
                skipElement()
                continue
            }
            position += 1
            let target = take { $0 != UInt8(ascii: ">") }
            guard position < bytes.count else { return nil }
            position += 1
            var link = Link(target: target)
            while let (name, value) = parameter() {
                if link.parameters[name] == nil { link.parameters[name] = value }
            }
            skipElement()
            return link
        }
    }

    /// `; name=value`, `; name="value"` or `; name`; nil if none follows.
    private mutating func parameter() -> (name: String, value: String)? {
        skipBlanks()
        guard position < bytes.count, bytes[position] == UInt8(ascii: ";") else { return nil }
        position += 1
        skipBlanks()
        let name = take { !LinkScanner.isBlank($0) && !"=;,".utf8.contains($0) }.lowercased()
        skipBlanks()
        guard position < bytes.count, bytes[position] == UInt8(ascii: "=") else {
            return (name, "")
        }
        position += 1
        skipBlanks()
        if position < bytes.count, bytes[position] == UInt8(ascii: "\"") { return (name, quoted()) }
        let value = take { !";,".utf8.contains($0) }
        let end = value.utf8.lastIndex { !LinkScanner.isBlank($0) }
        return (name, end.map { String(value[...$0]) } ?? "")
    }

    /// A quoted string, without its escapes; one that does not end goes to the end of the field.
    private mutating func quoted() -> String {
        var text: [UInt8] = []
        position += 1
        while position < bytes.count, bytes[position] != UInt8(ascii: "\"") {
            if bytes[position] == UInt8(ascii: "\\"), position + 1 < bytes.count { position += 1 }
            text.append(bytes[position])
            position += 1
        }
        position = min(position + 1, bytes.count)
        return String(decoding: text, as: UTF8.self)
    }

    /// Goes to the comma behind the link, outside of quotes; what stands before it has no meaning.
    private mutating func skipElement() {
        while position < bytes.count, bytes[position] != UInt8(ascii: ",") {
            if bytes[position] == UInt8(ascii: "\"") { _ = quoted() } else { position += 1 }
        }
    }

    private mutating func skipBlanks() { _ = take(while: LinkScanner.isBlank) }

    private mutating func take(while isWanted: (UInt8) -> Bool) -> String {
        let start = position
        while position < bytes.count, isWanted(bytes[position]) { position += 1 }
        return String(decoding: bytes[start..<position], as: UTF8.self)
    }

    private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }
}
