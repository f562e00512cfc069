package import ADMModel

/// The path of a file as a checksum list writes it.
struct ListedPath: Sendable, Hashable {
    /// The path, for people.
    let text: String
    /// Its parts without those that mean nothing; `..` is one.
    let components: [String]
    /// Whether it begins at the root of some machine, so that it says nothing of where the list lies.
    let isAbsolute: Bool

    init(_ bytes: ByteLine) {
        text = bytes.text
        components = ListedPath.components(of: bytes)
        // C: is the root of Windows.
        let isDrive =
            components.first?.utf8.count == 2 && components.first?.hasSuffix(":") == true
        isAbsolute = bytes.first == UInt8(ascii: "/") || isDrive
    }

    /// The parts of a path between slashes.
    static func components(of bytes: ByteLine) -> [String] {
        bytes.split(separator: UInt8(ascii: "/")).filter { !$0.elementsEqual([0x2E]) }.map(\.text)
    }

    /// The parts as they lie below the directory of a list; nil if the path leads out of it.
    func resolved(in directory: [String]) -> [String]? {
        guard components.contains("..") else { return directory + components }
        var path = directory
        for component in components {
            if component != ".." {
                path.append(component)
            } else if path.popLast() == nil {
                return nil
            }
        }
        return path
    }
}

/// Where a file lies on a server, as a checksum list may name it.
package struct FilePlace: Sendable, Hashable {
    /// The server.
    let origin: SourceURL.Origin
    /// The parts of its path, decoded; never empty.
    let components: [String]

    /// The place that a URL names.
    ///
    /// The parameter `name` is what the file is called in the URL's place, if that is not its last segment.
    /// Nil if neither is a name.
    package init?(_ url: SourceURL, named name: String? = nil) {
        let path = ListedPath.components(of: FilePlace.decoded(url.path))
        let isFolder = url.path.hasSuffix("/")
        let folder = isFolder ? path : Array(path.dropLast())
        let own = isFolder ? nil : path.last
        let last = name.flatMap { ListedPath.components(of: ByteLine($0.utf8)).last } ?? own
        guard let last, last != ".." else { return nil }
        origin = url.origin
        components = folder + [last]
    }

    /// What the file is called.
    package var name: String { components.last ?? "" }

    /// The directory that a list lies in, if it is on the same server.
    func directory(of list: SourceURL) -> [String]? {
        guard list.origin == origin else { return nil }
        let path = ListedPath.components(of: FilePlace.decoded(list.path))
        return list.path.hasSuffix("/") ? path : Array(path.dropLast())
    }

    /// Whether a directory holds the file, in itself or in one below it.
    func lies(in directory: [String]) -> Bool {
        components.count > directory.count && components.starts(with: directory)
    }

    private static func decoded(_ path: String) -> ByteLine {
        ByteLine(HexText.percentDecoded(Array(path.utf8)))
    }
}
