package import ADMModel

/// A list of digests, as the usual tools write it.
///
/// Known forms are those of coreutils (`HEX  name`), BSD (`SHA256 (name) = HEX`), OpenSSL, gpg, PowerShell,
/// certutil and Debian's control files, a name or an algorithm before a colon, and a text that is nothing but
/// one digest; digests are hexadecimal or base64. What is none of these is passed over.
package struct ChecksumList: Sendable {
    private let entries: [ChecksumEntry]
    private let bare: [ListedValue]

    /// Reads a list: UTF-8, UTF-16 with a byte order mark, or names in whatever encoding.
    ///
    /// Its own `name` may tell the algorithm of digests whose length does not.
    package init(_ bytes: [UInt8], named name: String = "") {
        let reader = ChecksumListReader(
            ChecksumList.withoutMark(bytes),
            assuming: DigestLabel(ofListNamed: name)
        )
        entries = reader.entries
        bare = reader.bare
    }

    /// What a list says of a file.
    package enum Answer: Sendable, Hashable {
        /// Its digest, the strongest that adm can compute.
        case digest(Checksum)
        /// Several entries that may be meant, or that contradict each other: their paths.
        case ambiguous([String])
        /// Digests of other algorithms alone: their names.
        case foreign([String])
        /// Entries of that name alone whose paths are those of other files.
        case elsewhere([String])
        /// Nothing.
        case nothing
    }

    /// Looks for a file.
    ///
    /// An entry is that of the file if its path, seen from the list, leads there. A path that is only the
    /// end of the file's counts too, and so does one that is longer than the path to the list, as lists do
    /// that were made on another machine; but not if another entry could be meant as well. A digest
    /// without a name is that of any file, if there is no other.
    ///
    /// - Parameters:
    ///   - place: Where the file lies.
    ///   - lists: The URLs of the list, before and after redirects; none for a list from elsewhere.
    ///   - algorithm: The only algorithm that counts; nil for any.
    /// - Returns: What the list says.
    package func search(
        _ place: FilePlace,
        lists: [SourceURL] = [],
        only algorithm: DigestAlgorithm? = nil
    ) -> Answer {
        guard !entries.isEmpty else {
            return ChecksumList.judge(bare: bare.filter { counts($0, algorithm) })
        }
        let counting = entries.filter { counts($0.value, algorithm) }
        let directories = lists.compactMap(place.directory(of:))
        let written = Search(place, directories).answer(counting.map { ($0.path, $0.value) })
        switch written {
        case .digest, .ambiguous, .foreign: return written
        case .elsewhere, .nothing: break
        }
        let looser = Search(place, directories).answer(
            counting.compactMap { entry in entry.looser.map { ($0, entry.value) } }
        )
        return looser == .nothing ? written : looser
    }

    private func counts(_ value: ListedValue, _ algorithm: DigestAlgorithm?) -> Bool {
        guard let algorithm else { return true }
        guard case .known(let own, _) = value else { return false }
        return own == algorithm
    }

    /// Several digests without a name are those of one file if each is of another algorithm.
    private static func judge(bare: [ListedValue]) -> Answer {
        let known = bare.compactMap(\.checksum)
        guard !known.isEmpty else { return foreign(bare) }
        let different = Set(known)
        guard Set(different.map(\.algorithm)).count == different.count else {
            return .ambiguous([])
        }
        return strongest(Array(different)).map(Answer.digest) ?? .nothing
    }

    fileprivate static func foreign(_ values: [ListedValue]) -> Answer {
        let names = values.compactMap { value -> String? in
            guard case .foreign(let name) = value else { return nil }
            return name
        }
        return names.isEmpty ? .nothing : .foreign(Set(names).sorted())
    }

    fileprivate static func strongest(_ checksums: [Checksum]) -> Checksum? {
        checksums.max { $0.algorithm.isWeaker(than: $1.algorithm) }
    }

    /// The bytes as UTF-8, without a byte order mark.
    private static func withoutMark(_ bytes: [UInt8]) -> [UInt8] {
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { return Array(bytes.dropFirst(3)) }
        let isLittle = bytes.starts(with: [0xFF, 0xFE])
        guard isLittle || bytes.starts(with: [0xFE, 0xFF]) else { return bytes }
        let units = stride(from: 2, to: bytes.count - 1, by: 2).map { index in
            let (first, second) = (UInt16(bytes[index]), UInt16(bytes[index + 1]))
            return isLittle ? second << 8 | first : first << 8 | second
        }
        return Array(String(decoding: units, as: UTF16.self).utf8)
    }
}

/// The search for one file.
private struct Search {
    typealias Candidate = (path: ListedPath, value: ListedValue)

    /// The parts of the file's path.
    let file: [String]
    /// The directories of the list that are on the server of the file.
    let places: [[String]]
    /// Those of them that hold the file.
    let directories: [[String]]

    init(_ place: FilePlace, _ places: [[String]]) {
        file = place.components
        self.places = places
        directories = places.filter(place.lies)
    }

    func answer(_ entries: [Candidate]) -> ChecksumList.Answer {
        let candidates = named(entries)
        guard !candidates.isEmpty else { return .nothing }
        for directory in places {
            let exact = candidates.filter { candidate in
                !candidate.path.isAbsolute && candidate.path.resolved(in: directory) == file
            }
            if !exact.isEmpty { return judge(exact) }
        }
        let ends = candidates.filter { isEnd($0.path.components, of: file) }
        if let longest = ends.map(\.path.components.count).max() {
            let best = ends.filter { $0.path.components.count == longest }
            // A name alone could be that of a file in any directory.
            let isCertain = directories.isEmpty && longest > 1 || longest == file.count
            return judge(isCertain ? best : candidates)
        }
        // Where the list lies is not where it was made.
        let relative = directories.first.map { Array(file.dropFirst($0.count)) } ?? file
        let longer = candidates.filter { candidate in
            let path = candidate.path.components
            return isEnd(relative, of: path) && !path.contains("..")
        }
        return longer.isEmpty
            ? .elsewhere(ChecksumList.paths(of: candidates.map(\.path))) : judge(longer)
    }

    /// The entries with the name of the file; those that have it in other code points count if no entry
    /// has the same ones.
    private func named(_ entries: [Candidate]) -> [Candidate] {
        guard let name = file.last else { return [] }
        let equal = entries.filter { $0.path.components.last == name }
        let same = equal.filter { candidate in
            let own = candidate.path.components.last ?? ""
            return own.unicodeScalars.elementsEqual(name.unicodeScalars)
        }
        return same.isEmpty ? equal : same
    }

    private func isEnd(_ path: [String], of whole: [String]) -> Bool {
        path.count <= whole.count && whole.suffix(path.count).elementsEqual(path)
    }

    /// The digest of entries that are about one file, or that agree.
    private func judge(_ candidates: [Candidate]) -> ChecksumList.Answer {
        let known = candidates.compactMap(\.value.checksum)
        guard let strongest = ChecksumList.strongest(known) else {
            return ChecksumList.foreign(candidates.map(\.value))
        }
        let isOneFile = Set(candidates.map(\.path.components)).count == 1
        let rivals = isOneFile ? known.filter { $0.algorithm == strongest.algorithm } : known
        guard Set(rivals).count == 1, isOneFile || known.count == candidates.count else {
            return .ambiguous(ChecksumList.paths(of: candidates.map(\.path)))
        }
        return .digest(strongest)
    }
}

extension ChecksumList {
    /// The paths as they are written, each once, and no more than fit into a sentence.
    fileprivate static func paths(of paths: [ListedPath]) -> [String] {
        var seen: Set<String> = []
        return Array(paths.map(\.text).filter { seen.insert($0).inserted }.prefix(4))
    }
}
