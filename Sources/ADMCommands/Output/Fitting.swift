extension String {
    /// The text cut in its middle to at most `columns` columns, with the file name's ending kept.
    ///
    /// `ubuntu-24.04.1-live-server-amd64.iso` becomes `ubuntu-24…amd64.iso`. A character is never
    /// split, so a text with wide ones may come out one column short.
    func truncated(to columns: Int, ellipsis: String = "…") -> String {
        guard DisplayWidth.columns(self) > columns else { return self }
        let room = columns - DisplayWidth.columns(ellipsis)
        guard room > 0 else { return clipped(to: columns) }
        // The beginning tells more than the ending, so some of it always stays.
        let ending = nameEndings.map { DisplayWidth.columns($0) }.first { $0 <= room - 3 } ?? 0
        let kept = max(room / 2, ending)
        let head = clipped(to: room - kept)
        return head + ellipsis + clippedFront(to: room - DisplayWidth.columns(head))
    }

    /// The text with spaces up to `columns` columns.
    func padded(to columns: Int, _ alignment: TextAlignment = .left) -> String {
        let missing = columns - DisplayWidth.columns(self)
        guard missing > 0 else { return self }
        let spaces = String(repeating: " ", count: missing)
        return alignment == .left ? self + spaces : spaces + self
    }

    /// The longest beginning of at most `columns` columns.
    func clipped(to columns: Int) -> String {
        var used = 0
        let kept = prefix { character in
            used += DisplayWidth.columns(character)
            return used <= columns
        }
        return String(kept)
    }

    private func clippedFront(to columns: Int) -> String {
        var used = 0
        var kept: [Character] = []
        for character in reversed() {
            used += DisplayWidth.columns(character)
            guard used <= columns else { break }
            kept.append(character)
        }
        return String(kept.reversed())
    }

    /// `.tar.gz` and `.gz`: the extension together with a short one before it, and alone.
    private var nameEndings: [Substring] {
        var endings: [Substring] = []
        for _ in 0..<2 {
            let rest = self[..<(endings.last?.startIndex ?? endIndex)]
            guard let dot = rest.lastIndex(of: "."), dot > startIndex else { break }
            let part = rest[dot...].dropFirst()
            // `.04` of `ubuntu-24.04.iso` is a part of the version.
            guard (1...5).contains(part.count), part.contains(where: \.isLetter),
                part.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber) })
            else { break }
            endings.append(self[dot...])
        }
        return endings.reversed()
    }
}

/// On which side of its column a text stands.
enum TextAlignment: Sendable {
    /// Spaces follow.
    case left
    /// Spaces come first.
    case right
}
