import ADMModel

/// What one line of a checksum list says by itself.
enum ChecksumLine {
    /// The digest of a file, with its name as it is written; `isEscaped` as coreutils do it.
    case entry(ListedValue, path: ByteLine, isEscaped: Bool = false)
    /// A digest without a name.
    case digest(ListedValue)
    /// The algorithm of the lines that follow, if it is named.
    case heading(DigestLabel?)
    /// The name of a file whose digest follows, or begins here in groups.
    case file(ByteLine, label: DigestLabel?, groups: [ByteLine])
    /// Groups of digits that may continue the line before.
    case groups([ByteLine], label: DigestLabel?)
    /// A property of an object, as PowerShell writes it.
    case property(String, ByteLine)
    /// Nothing of that.
    case other

    /// Reads a line without its end, which is not empty, `heading` being the algorithm that a line above it
    /// named.
    init(_ line: ByteLine, under heading: DigestLabel?, _ reading: DigestReading) {
        let text = line.trimmed
        self =
            ChecksumLine.tagged(text, reading)
            ?? ChecksumLine.property(text)
            ?? ChecksumLine.quoted(text, reading)
            ?? ChecksumLine.coreutils(line, heading, reading)
            ?? ChecksumLine.labelled(line, reading)
            ?? ChecksumLine.afterName(text, reading)
            ?? .other
    }

    // MARK: - The digest first

    /// `HEX  name`, `HEX *name`, either behind a backslash if the name is escaped; `HEX` alone.
    private static func coreutils(
        _ line: ByteLine,
        _ heading: DigestLabel?,
        _ reading: DigestReading
    ) -> ChecksumLine? {
        var text = line.withoutIndent
        let isEscaped = text.first == UInt8(ascii: "\\")
        if isEscaped { text = text.dropFirst() }
        let word = text.firstWord
        guard let value = reading.value(word, heading) else { return nil }
        guard let path = path(text[word.endIndex...]) else {
            // It may as well be one group of a longer one.
            return heading == nil && word.isHex ? .groups([word], label: nil) : .digest(value)
        }
        return .entry(value, path: path, isEscaped: isEscaped)
    }

    /// The name behind a digest and one white space; nil if there is none.
    private static func path(_ rest: ByteLine) -> ByteLine? {
        guard !rest.trimmed.isEmpty else { return nil }
        let path = rest.dropFirst()
        // The second character tells how the file was read, not what it is called.
        guard let mode = path.first, [0x20, 0x09, UInt8(ascii: "*")].contains(mode),
            path.count > 1
        else { return path }
        return path.dropFirst()
    }

    /// `sha256:HEX  name`, `SHA256 HEX name`, `sha256-BASE64 name`; each without a name too.
    private static func labelled(_ line: ByteLine, _ reading: DigestReading) -> ChecksumLine? {
        guard let (value, rest) = labelledValue(line.withoutIndent, reading) else { return nil }
        return path(rest).map { .entry(value, path: $0) } ?? .digest(value)
    }

    /// A digest behind the name of its algorithm, and what follows it.
    private static func labelledValue(
        _ text: ByteLine,
        _ reading: DigestReading
    ) -> (ListedValue, rest: ByteLine)? {
        let word = text.firstWord
        var ends = [":", "=", "-"].compactMap { mark in word.firstIndex(of: UInt8(ascii: mark)) }
        ends.append(word.endIndex)
        for end in ends {
            guard let label = DigestLabel(word[..<end]) else { continue }
            // The mark, or the white space.
            let rest = text[end...].dropFirst().withoutIndent
            let digest = rest.firstWord
            if let value = reading.value(digest, label) { return (value, rest[digest.endIndex...]) }
        }
        return nil
    }

    // MARK: - The name first

    /// `SHA256 (name) = HEX`, and the same with fewer spaces as `openssl dgst` writes it.
    private static func tagged(_ line: ByteLine, _ reading: DigestReading) -> ChecksumLine? {
        let isEscaped = line.first == UInt8(ascii: "\\")
        let text = isEscaped ? line.dropFirst() : line
        guard let open = text.firstIndex(of: UInt8(ascii: "(")),
            let label = DigestLabel(text[..<open].trimmed)
        else { return nil }
        // Base64 ends with equals signs of its own.
        var end = text.endIndex
        while let equals = text[..<end].lastIndex(of: UInt8(ascii: "=")), equals > open,
            text.endIndex - equals < 300
        {
            let before = text[..<equals].trimmed
            if before.last == UInt8(ascii: ")"), before.endIndex - 1 > open,
                let value = reading.value(text[equals...].dropFirst().trimmed, label)
            {
                let path = text[(open + 1)..<(before.endIndex - 1)]
                return path.isEmpty ? .other : .entry(value, path: path, isEscaped: isEscaped)
            }
            end = equals
        }
        return nil
    }

    /// `name: HEX`, `name: sha256:HEX`, and the groups of `gpg --print-md`, with or without a name.
    private static func afterName(_ text: ByteLine, _ reading: DigestReading) -> ChecksumLine? {
        var rest = text
        var groups: [ByteLine] = []
        while !rest.isEmpty {
            let word = rest.lastWord
            guard word.isHex, word.count.isMultiple(of: 2), groups.count < 256 else { break }
            groups.insert(word, at: 0)
            rest = rest[..<word.startIndex].trimmed
        }
        if groups.isEmpty {
            let word = rest.lastWord
            let name = rest[..<word.startIndex].trimmed
            if !name.isEmpty, let (value, _) = labelledValue(word, reading) {
                return .entry(value, path: name.withoutColon ?? name)
            }
        }
        if let named = rest.last == UInt8(ascii: "=") ? rest.dropLast().trimmed : nil {
            guard let label = DigestLabel(named.lastWord) else { return nil }
            let name = named[..<named.lastWord.startIndex].trimmed
            if name.isEmpty { return .groups(groups, label: label) }
            return name.withoutColon.map { .file($0, label: label, groups: groups) }
        }
        guard !rest.isEmpty else { return .groups(groups, label: nil) }
        guard let name = rest.withoutColon else { return nil }
        if let file = certutil(name) { return .file(file.name, label: file.label, groups: groups) }
        if let label = DigestLabel(name) {
            return groups.isEmpty ? .heading(label) : .groups(groups, label: label)
        }
        if groups.isEmpty, let heading = heading(name) { return heading }
        return .file(name, label: nil, groups: groups)
    }

    /// `SHA256 hash of name`, as certutil writes it above a digest.
    private static func certutil(_ text: ByteLine) -> (label: DigestLabel, name: ByteLine)? {
        let words = text.words
        guard words.count > 3, words[1].elementsEqual("hash".utf8),
            words[2].elementsEqual("of".utf8), let label = DigestLabel(words[0])
        else { return nil }
        let isOlder = words.count > 4 && words[3].elementsEqual("file".utf8)
        return (label, text[words[isOlder ? 4 : 3].startIndex...])
    }

    /// A line above digests that names no file: a field of Debian's control files, or a sentence.
    private static func heading(_ name: ByteLine) -> ChecksumLine? {
        let field = "Checksums-"
        if name.begins(with: field), let label = DigestLabel(name.dropFirst(field.count)) {
            return .heading(label)
        }
        if name.elementsEqual("Files".utf8) { return .heading(.known(.md5)) }
        let words = name.words
        guard words.count < 12 else { return nil }
        let labels = words.compactMap { DigestLabel($0) }
        if labels.count == 1 { return .heading(labels.first) }
        return words.contains { DigestLabel.isGeneral($0.text) } ? .heading(nil) : nil
    }

    // MARK: - PowerShell

    /// `Hash      : HEX`, of a list of properties.
    private static func property(_ text: ByteLine) -> ChecksumLine? {
        guard let colon = text.firstIndex(of: UInt8(ascii: ":")) else { return nil }
        let name = text[..<colon].trimmed
        guard name.count < 10, ["Algorithm", "Hash", "Path"].contains(name.text) else { return nil }
        return .property(name.text, text[colon...].dropFirst().trimmed)
    }

    /// `"SHA256","HEX","C:\name"`, of a table of values with commas between them.
    private static func quoted(_ text: ByteLine, _ reading: DigestReading) -> ChecksumLine? {
        let quote = UInt8(ascii: "\"")
        guard text.first == quote, text.last == quote else { return nil }
        let fields = text.split(separator: quote).filter { !$0.elementsEqual([0x2C]) }
        guard fields.count == 3, let label = DigestLabel(fields[0]),
            let value = reading.value(fields[1], label)
        else { return nil }
        return .entry(value, path: fields[2])
    }
}

extension ByteLine {
    /// The text in front of a colon at its end; nil if it does not end with one.
    fileprivate var withoutColon: ByteLine? {
        guard last == UInt8(ascii: ":"), count > 1 else { return nil }
        return dropLast().trimmed
    }
}
