/// Goes through the lines of a checksum list and keeps what belongs together over several of them.
struct ChecksumListReader {
    /// The digests with names.
    private(set) var entries: [ChecksumEntry] = []
    /// The digests without names.
    private(set) var bare: [ListedValue] = []

    private let reading: DigestReading
    /// What a heading said of the lines below it.
    private var heading: DigestLabel?
    private var isUnderHeading = false
    /// How many digests there were when the heading came.
    private var countAtHeading = 0
    /// The file that the lines below its name are about.
    private var file: ByteLine?
    /// Digits that the next line may continue.
    private var open: (label: DigestLabel?, groups: [ByteLine])?
    /// An object of PowerShell.
    private var properties: [String: ByteLine] = [:]
    private var lastProperty: String?

    /// Reads a list.
    ///
    /// Comments and the frame of a clear-text signature (RFC 9580 §7) are passed over, and so is what stands
    /// outside of the frame, which nobody has signed. The signature itself is not checked.
    init(_ bytes: [UInt8], assuming label: DigestLabel?) {
        reading = DigestReading(assumed: label)
        var isSigned = false
        var isHead = false
        for line in bytes.split(separator: 0x0A, omittingEmptySubsequences: false) {
            var line = line.last == 0x0D ? line.dropLast() : line
            // If lists were put together, the byte order mark of the second stands in the middle.
            if line.starts(with: [0xEF, 0xBB, 0xBF]) { line = line.dropFirst(3) }
            if line.begins(with: "-----BEGIN PGP SIGNATURE") { break }
            if line.begins(with: "-----BEGIN PGP SIGNED MESSAGE") {
                endParagraph()
                (entries, bare) = ([], [])
                (isSigned, isHead) = (true, true)
                continue
            }
            if isHead {
                isHead = !line.trimmed.isEmpty
                continue
            }
            if isSigned, line.begins(with: "- ") { line = line.dropFirst(2) }
            if line.begins(with: "#") || line.begins(with: ";") {
                close()
                continue
            }
            take(line)
        }
        endParagraph()
    }

    private mutating func take(_ line: ByteLine) {
        guard !line.trimmed.isEmpty else {
            close()
            endProperties()
            file = nil
            // A blank line may stand between a heading and what it is about.
            if entries.count + bare.count > countAtHeading { isUnderHeading = false }
            return
        }
        if let lastProperty, line.isIndented, properties[lastProperty] != nil {
            // PowerShell breaks long values where its window ends.
            properties[lastProperty]?.append(contentsOf: line.trimmed)
            return
        }
        if isUnderHeading, line.isIndented, takeField(line.words) { return }
        let label = isUnderHeading ? heading : nil
        switch ChecksumLine(line, under: label, reading) {
        case .entry(let value, let path, let isEscaped):
            close()
            file = nil
            add(value, path, isEscaped: isEscaped)
        case .digest(let value):
            close()
            add(value, file)
        case .groups(let groups, let label):
            take(groups, label)
        case .heading(let label):
            endParagraph()
            (heading, isUnderHeading) = (label, true)
            countAtHeading = entries.count + bare.count
        case .file(let name, let label, let groups):
            endParagraph()
            file = name
            if !groups.isEmpty || label != nil { open = (label, groups) }
        case .property(let name, let value):
            close()
            if properties[name] != nil { endProperties() }
            properties[name] = value
            lastProperty = name
        case .other: endParagraph()
        }
    }

    /// Takes groups of digits, which continue those before if these have no name of their own.
    private mutating func take(_ groups: [ByteLine], _ label: DigestLabel?) {
        if label == nil, let known = open {
            open = (known.label, known.groups + groups)
            return
        }
        close()
        open = (label ?? (isUnderHeading ? heading : nil), groups)
    }

    /// Takes a line of a field of Debian's control files: a digest, a size, and at the end a name.
    private mutating func takeField(_ words: [ByteLine]) -> Bool {
        guard words.count == 3 || words.count == 5, let digest = words.first,
            let value = reading.value(digest, heading), let name = words.last,
            words[1].allSatisfy({ (0x30...0x39).contains($0) })
        else { return false }
        close()
        add(value, name)
        return true
    }

    /// Ends what another line ends.
    private mutating func endParagraph() {
        close()
        endProperties()
        file = nil
        (heading, isUnderHeading) = (nil, false)
    }

    private mutating func endProperties() {
        let label = properties["Algorithm"].flatMap { DigestLabel($0) }
        if let digest = properties["Hash"],
            label != nil || properties["Algorithm"] == nil,
            let value = reading.value(digest, label)
        {
            add(value, properties["Path"])
        }
        properties = [:]
        lastProperty = nil
    }

    /// Ends a digest in groups: it is taken if it is whole.
    private mutating func close() {
        guard let (label, groups) = open else { return }
        open = nil
        if let value = reading.value(groups: groups, label) { add(value, file) }
    }

    private mutating func add(_ value: ListedValue, _ path: ByteLine?, isEscaped: Bool = false) {
        // The tools call a file so when they were given its bytes and not its name.
        guard let path, !path.elementsEqual("-".utf8), !path.elementsEqual("stdin".utf8) else {
            bare.append(value)
            return
        }
        entries.append(ChecksumEntry(value, path: path, isEscaped: isEscaped))
    }
}

/// The digest of a file in a list.
struct ChecksumEntry: Sendable {
    /// The digest.
    let value: ListedValue
    /// The path of the file as it is written.
    let path: ListedPath
    /// The same as another system or tool would have meant it; nil if there is no such reading.
    let looser: ListedPath?

    init(_ value: ListedValue, path: ByteLine, isEscaped: Bool) {
        self.value = value
        self.path = ListedPath(isEscaped ? ChecksumEntry.unescaped(path) : path)
        looser = isEscaped ? nil : ChecksumEntry.looser(path).map(ListedPath.init)
    }

    /// The path without white space around it, without the mark of a binary file, and with slashes in place
    /// of the backslashes of Windows.
    private static func looser(_ path: ByteLine) -> ByteLine? {
        var name = path.trimmed
        if name.first == UInt8(ascii: "*") { name = name.dropFirst() }
        if name.contains(UInt8(ascii: "\\")) {
            name = ByteLine(name.map { $0 == UInt8(ascii: "\\") ? UInt8(ascii: "/") : $0 })
        }
        return name.isEmpty || name == path ? nil : name
    }

    /// A name as coreutils write it behind a line that begins with a backslash.
    private static func unescaped(_ path: ByteLine) -> ByteLine {
        var result: [UInt8] = []
        var isEscape = false
        for byte in path {
            if !isEscape, byte == UInt8(ascii: "\\") {
                isEscape = true
                continue
            }
            switch byte {
            case UInt8(ascii: "n") where isEscape: result.append(0x0A)
            case UInt8(ascii: "r") where isEscape: result.append(0x0D)
            default: result.append(byte)
            }
            isEscape = false
        }
        return ByteLine(result)
    }
}
