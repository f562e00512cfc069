import ADMModel

/// A line of a list, or a part of one, as bytes: a name in it may be in any encoding.
typealias ByteLine = ArraySlice<UInt8>

extension ByteLine {
    private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }

    /// Whether it begins with white space.
    var isIndented: Bool { first.map(ByteLine.isBlank) ?? false }

    /// The same without white space at both ends.
    var trimmed: ByteLine {
        guard let start = firstIndex(where: { !ByteLine.isBlank($0) }),
            let end = lastIndex(where: { !ByteLine.isBlank($0) })
        else { return [] }
        return self[start...end]
    }

    /// The same without white space at the beginning.
    var withoutIndent: ByteLine { drop(while: ByteLine.isBlank) }

    /// The bytes before the first white space.
    var firstWord: ByteLine { prefix { !ByteLine.isBlank($0) } }

    /// The bytes behind the last white space.
    var lastWord: ByteLine {
        lastIndex(where: ByteLine.isBlank).map { self[($0 + 1)...] } ?? self
    }

    /// The parts between white space.
    var words: [ByteLine] { split(whereSeparator: ByteLine.isBlank) }

    /// Whether these are hexadecimal digits and nothing else, at least one.
    var isHex: Bool { !isEmpty && allSatisfy { HexText.value($0) != nil } }

    /// Whether it begins with this text.
    func begins(with text: String) -> Bool { starts(with: text.utf8) }

    /// The text: UTF-8 if it is valid, else Latin-1.
    var text: String { ByteText(self).string }
}
