import ADMModel

/// What the `Range` header of a request asks for (RFC 9110 §14.1).
enum RangeRequest: Hashable {
    /// The whole file: no header, another unit, or a header that is malformed.
    case whole
    /// These bytes, clipped to the file, in the order asked; never empty.
    case parts([ByteRange])
    /// Nothing that the file has.
    case unsatisfiable

    /// Reads the value of a `Range` header for a file of `length` bytes.
    init(header: String?, length: Int64) {
        guard let header else {
            self = .whole
            return
        }
        let halves = header.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        guard halves.count == 2, halves[0].lowercased() == "bytes" else {
            self = .whole
            return
        }
        var parts: [ByteRange] = []
        for piece in halves[1].split(separator: ",") {
            switch RangeRequest.part(piece.filter { $0 != " " && $0 != "\t" }, length: length) {
            case .malformed:
                self = .whole
                return
            case .outside: continue
            case .inside(let range): parts.append(range)
            }
        }
        self = parts.isEmpty ? .unsatisfiable : .parts(parts)
    }

    private enum Part {
        case inside(ByteRange)
        case outside
        case malformed
    }

    private static func part(_ text: String, length: Int64) -> Part {
        let ends = text.split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
        guard ends.count == 2 else { return .malformed }
        if ends[0].isEmpty {
            guard let suffix = Int64(ends[1]), suffix >= 0 else { return .malformed }
            guard suffix > 0, length > 0 else { return .outside }
            return .inside(ByteRange(max(0, length - suffix), length))
        }
        guard let first = Int64(ends[0]), first >= 0 else { return .malformed }
        guard !ends[1].isEmpty else {
            return first < length ? .inside(ByteRange(first, length)) : .outside
        }
        guard let last = Int64(ends[1]), last >= first else { return .malformed }
        guard first < length else { return .outside }
        return .inside(ByteRange(first, min(last, length - 1) + 1))
    }
}
