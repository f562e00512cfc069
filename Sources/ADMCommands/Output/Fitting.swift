extension String {
    /// The text cut in its middle to at most `columns` columns, with the file name's ending kept.
    ///
    /// `ubuntu-24.04.1-live-server-amd64.iso` becomes `ubuntu-24…amd64.iso`. A character is never
    /// split, so a text with wide ones may come out one column short.
    func truncated(to columns: Int, ellipsis: String = "…") -> String {
        guard DisplayWidth.columns(self) > columns else { return self }
        let room = columns - DisplayWidth.columns(ellipsis)
        guard room > 0 else { return clipped(to: columns) }
        let ending = DisplayWidth.columns(nameEnding)
        // A name's beginning tells more than its ending, unless nothing else is left.
        let kept = ending < room ? max(room / 2, ending) : room / 2
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

    /// `.iso`, `.tar.gz`: the last extension, with the one before it where that is short too.
    private var nameEnding: Substring {
        var ending = suffix(0)
        for _ in 0..<2 {
            let rest = self[..<ending.startIndex]
            guard let dot = rest.lastIndex(of: "."), dot > startIndex else { break }
            let part = rest[dot...].dropFirst()
            // `.04` of `ubuntu-24.04.iso` is a part of the version.
            guard (1...5).contains(part.count), part.allSatisfy(\.isASCII),
                part.contains(where: \.isLetter), !part.contains(" "), !part.contains("-")
            else { break }
            ending = self[dot...]
        }
        return ending
    }
}

/// On which side of its column a text stands.
enum TextAlignment: Sendable {
    /// Spaces follow.
    case left
    /// Spaces come first.
    case right
}
