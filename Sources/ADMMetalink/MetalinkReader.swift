import ADMModel

/// Collects the files of a Metalink while its elements come by.
final class MetalinkReader: XMLHandler {
    private(set) var files: [Result<MetalinkFile, Failure>] = []

    private let source: String
    private let base: SourceURL?
    /// The names of the open elements, without the namespace; another namespace's are empty.
    private var path: [String] = []
    private var element: XMLElement?
    private var content = ""
    private var builder: MetalinkFileBuilder?
    private var items = 0
    /// The longest text that counts is a URL; a longer one is none.
    private static let longestText = 65_536

    init(_ source: String, _ base: SourceURL?) {
        self.source = source
        self.base = base
    }

    func begin(_ element: XMLElement) throws(Failure) {
        let prefix = Metalink.namespace + " "
        let name =
            element.name.hasPrefix(prefix) ? String(element.name.dropFirst(prefix.count)) : ""
        if path.isEmpty, name != "metalink" { throw refuse(root: element) }
        path.append(name)
        self.element = element
        content = ""
        if path == ["metalink", "file"] || path == ["metalink", "file", "url"]
            || path == ["metalink", "file", "hash"]
        {
            items += 1
            guard items <= Metalink.mostItems else {
                throw Failure(
                    .refused,
                    "\(source):\(element.line): there are more than \(Metalink.mostItems) files,"
                        + " addresses and digests",
                    hint: "fetch it in parts"
                )
            }
        }
        switch path {
        case ["metalink", "file"]:
            builder = MetalinkFileBuilder(
                element.attributes["name"],
                place: "\(source):\(element.line)",
                base: base
            )
        case ["metalink", "file", "pieces"]:
            builder?.beginPieces(
                type: element.attributes["type"],
                length: element.attributes["length"]
            )
        default: break
        }
    }

    func text(_ text: String) {
        // Only a few elements of a file have text that counts.
        if path.count >= 3, content.utf8.count <= MetalinkReader.longestText { content += text }
    }

    func end() throws(Failure) {
        defer {
            path.removeLast()
            content = ""
        }
        let text = content.trimmingSpace
        switch path {
        case ["metalink", "file", "size"]: builder?.takeSize(text)
        case ["metalink", "file", "hash"]:
            builder?.takeHash(type: element?.attributes["type"], text)
        case ["metalink", "file", "pieces", "hash"]: builder?.takePiece(text)
        case ["metalink", "file", "pieces"]: builder?.endPieces()
        case ["metalink", "file", "url"]:
            builder?.takeURL(text, priority: element?.attributes["priority"])
        case ["metalink", "file"]:
            if let builder { files.append(builder.result) }
            builder = nil
        default: break
        }
    }

    private func refuse(root: XMLElement) -> Failure {
        let isOlder = root.name.hasSuffix(" metalink") || root.name == "metalink"
        return Failure(
            .usage,
            "\(source):\(root.line): this is not a Metalink of version 4",
            hint: isOlder
                ? "it may be of version 3; most servers have the same as .meta4"
                : "a Metalink begins with <metalink xmlns=\"\(Metalink.namespace)\">"
        )
    }
}

extension String {
    /// The text without white space at both ends.
    fileprivate var trimmingSpace: String {
        guard let first = firstIndex(where: { !$0.isWhitespace }),
            let last = lastIndex(where: { !$0.isWhitespace })
        else { return "" }
        return String(self[first...last])
    }
}
