package import ADMModel

/// Changes single settings in the text of a profile or of `config.toml`.
///
/// Comments and order stay, because the text is edited and not generated from its values.
package enum ProfileEditor {
    /// Gives a key a value.
    ///
    /// A key that is there keeps its place; otherwise it is put behind a comment that shows it
    /// (`# max-connections = 8`), else before the first table or at the end. Comments inside a list
    /// that is replaced move above it.
    ///
    /// - Parameters:
    ///   - key: The name of the setting, or `extends`.
    ///   - values: Its value as a person types it; several for a list, none for an empty list.
    ///   - text: The old text.
    ///   - kind: Which keys it may hold.
    ///   - path: The file's path, for messages.
    /// - Returns: The new text, which was read again and found right.
    /// - Throws: ``Failure`` with `configuration` for an unknown key, a wrong value, or a text that
    ///   has another mistake.
    package static func set(
        _ key: String,
        to values: [String],
        in text: String,
        kind: ProfileFile.Kind = .profile,
        path: String = "profile.toml"
    ) throws(Failure) -> String {
        let definition = try definition(key, kind)
        let literal = try literal(values, for: definition)
        var settings = try SettingsText(text, path: path)
        if let entry = settings.pair(key) {
            settings.replace(entry, with: literal)
        } else {
            settings.insert("\(key) = \(literal)", behindExampleOf: key)
        }
        return try checked(settings.text, kind, path)
    }

    /// Takes a key out, so that the layers below count.
    ///
    /// A comment on its line stays, on a line of its own. A key that is not there changes nothing; an
    /// unknown key can be taken out if it is there.
    ///
    /// - Returns: The new text, which was read again and found right.
    /// - Throws: ``Failure`` with `configuration` for a key that is unknown and not there, or a text
    ///   that has another mistake.
    package static func unset(
        _ key: String,
        in text: String,
        kind: ProfileFile.Kind = .profile,
        path: String = "profile.toml"
    ) throws(Failure) -> String {
        var settings = try SettingsText(text, path: path)
        guard settings.holds(key) else {
            _ = try definition(key, kind)
            return text
        }
        while let entry = settings.pair(key) { settings.remove(entry) }
        return try checked(settings.text, kind, path)
    }

    private static func definition(
        _ key: String,
        _ kind: ProfileFile.Kind
    ) throws(Failure) -> SettingDefinition {
        do throws(Failure) {
            return try ProfileFile.definition(key, kind, "")
        } catch {
            var failure = error
            failure.message = String(error.message.trimmingPrefix(": "))
            throw failure
        }
    }

    /// The values as TOML, in the person's own words if that is possible.
    private static func literal(
        _ values: [String],
        for definition: SettingDefinition
    ) throws(Failure) -> String {
        guard definition.kind.isList || values.count == 1, let word = values.last else {
            guard definition.kind.isList else {
                throw Failure(.configuration, "\(definition.name) takes one value")
            }
            return "[]"
        }
        let value: SettingValue
        do throws(SettingProblem) {
            value = try definition.kind.readForFile(values)
        } catch { throw error.failure(.configuration, subject: definition.name) }
        switch value {
        case .unset: return "\"\""
        case .number, .boolean, .list: return value.toml
        case .headers: return TOMLText.list(values)
        case .text(let text): return JSONString.quoted(text)
        case .bytes, .rate, .duration:
            return Int(word).map { "\($0)" } ?? JSONString.quoted(word)
        }
    }

    private static func checked(
        _ text: String,
        _ kind: ProfileFile.Kind,
        _ path: String
    ) throws(Failure) -> String {
        _ = try ProfileFile(path: path, text: text, kind: kind)
        return text
    }
}
