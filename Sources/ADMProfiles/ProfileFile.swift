package import ADMModel

/// A profile, a template or `config.toml`: its settings, each with its place.
package struct ProfileFile: Sendable {
    /// The file's path, as it is shown in messages.
    package let path: String
    /// Which keys it may hold.
    package let kind: Kind
    /// The template below this file; nil if it names none.
    package let extends: String?
    /// What is wrong with single values, in the order of the text.
    ///
    /// Empty unless the file was read with ``Checking/structure``.
    package let problems: [Failure]
    let entries: [String: Entry]

    /// Which keys a file may hold.
    package enum Kind: Sendable, Hashable {
        /// The settings of one workspace, or a template.
        case profile
        /// The settings for all workspaces.
        case config
    }

    /// How much is checked when a file is read.
    package enum Checking: Sendable, Hashable {
        /// Everything: also a value that nobody will ask for is an error.
        case everything
        /// Syntax and keys; a wrong value is kept and is an error only if it is asked for, so that
        /// a higher layer can overrule it.
        case structure
    }

    /// One key of the file.
    struct Entry: Sendable {
        var result: Result<SettingValue, Failure>
        var position: SourcePosition
    }

    /// Reads a text.
    ///
    /// - Parameters:
    ///   - text: The text; a byte-order mark and CRLF are allowed.
    ///   - path: The file's path, for messages.
    ///   - kind: Which keys it may hold.
    ///   - checking: How much is checked.
    /// - Returns: The settings with their places.
    /// - Throws: ``Failure`` with `configuration` and `path:line:column` in its message: for text
    ///   that is not TOML, an unknown key with the nearest known one as hint, a wrong type or value.
    package static func parse(
        text: String,
        path: String,
        kind: Kind = .profile,
        checking: Checking = .everything
    ) throws(Failure) -> ProfileFile {
        try ProfileFile(path: path, text: text, kind: kind, checking: checking)
    }

    /// Reads a file of at most 1 MiB.
    ///
    /// - Throws: ``Failure`` with `configuration`, also if the file is missing or cannot be read.
    package static func load(
        path: String,
        kind: Kind = .profile,
        checking: Checking = .everything
    ) throws(Failure) -> ProfileFile {
        let text = try SettingsFile.text(path)
        return try ProfileFile(path: path, text: text, kind: kind, checking: checking)
    }

    /// Reads a text, like ``parse(text:path:kind:checking:)``.
    package init(
        path: String,
        text: String,
        kind: Kind = .profile,
        checking: Checking = .everything
    ) throws(Failure) {
        let document = try TOMLDocument(text, path: path)
        var entries: [String: Entry] = [:]
        var problems: [(position: SourcePosition, failure: Failure)] = []
        for key in document.keys {
            let position = document.position(of: key)
            let definition = try ProfileFile.definition(key, kind, "\(path):\(position)")
            guard let node = document.values[key] else { continue }
            do throws(SettingProblem) {
                entries[key] = Entry(
                    result: .success(try definition.kind.read(node)),
                    position: position
                )
            } catch {
                let place = error.item.map { document.position(of: key, item: $0) } ?? position
                let failure = error.failure(.configuration, subject: "\(path):\(place): \(key)")
                entries[key] = Entry(result: .failure(failure), position: position)
                problems.append((place, failure))
            }
        }
        extends = try ProfileFile.template(entries[SettingsTable.extends.name])
        if checking == .everything, let extends, !Templates.names.contains(extends),
            let position = entries[SettingsTable.extends.name]?.position
        {
            problems.append(
                (position, TemplateSet.shipped.unknown(extends, subject: "\(path):\(position): "))
            )
        }
        let sorted = problems.sorted { $0.position < $1.position }.map(\.failure)
        if checking == .everything, let first = sorted.first { throw first }
        self.path = path
        self.kind = kind
        self.entries = entries
        self.problems = sorted
    }

    /// Checks that every value is right.
    ///
    /// - Throws: The first of ``problems``.
    package func validate() throws(Failure) {
        if let first = problems.first { throw first }
    }

    /// The names of the keys that the file sets.
    package var names: Set<String> { Set(entries.keys) }

    /// Where a key stands; nil if the file does not set it.
    package func position(of name: String) -> SourcePosition? { entries[name]?.position }

    /// The value of a key; nil if the file does not set it.
    ///
    /// - Throws: ``Failure`` with `configuration` if the value is wrong.
    package func value(of name: String) throws(Failure) -> SettingValue? {
        try entries[name]?.result.get()
    }

    /// The row of the table for a key.
    ///
    /// - Throws: ``Failure`` if there is none, or if this kind of file may not hold it.
    static func definition(
        _ key: String,
        _ kind: Kind,
        _ subject: String
    ) throws(Failure) -> SettingDefinition {
        let place: SettingPlace = kind == .profile ? .profile : .config
        let known = SettingsTable.keys(in: place)
        if let match = known.first(where: { $0.name == key }) { return match }
        let file = kind == .profile ? "a profile" : "config.toml"
        for definition in [SettingsTable.extends] + SettingsTable.all where definition.name == key {
            throw Failure(
                .configuration,
                "\(subject): \(key) is not allowed in \(file)",
                hint: definition.restriction
            )
        }
        let near = NearestWord.to(key, in: known.map(\.name))
        throw Failure(
            .configuration,
            "\(subject): unknown key \(SettingProblem.show(key))",
            hint: near.map { "did you mean \($0)?" }
                ?? "docs/profiles.md lists the keys of \(file)"
        )
    }

    /// The template that a file names.
    ///
    /// It is checked at once, because no higher layer can overrule it.
    private static func template(_ entry: Entry?) throws(Failure) -> String? {
        guard let entry, case .text(let name) = try entry.result.get() else { return nil }
        return name
    }
}
