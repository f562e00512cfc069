import ADMModel

/// The layers of settings, asked for one setting at a time, highest first.
struct SettingsLayers {
    /// What the command line says.
    let flags: [String: [String]]
    /// The variables of the process.
    let environment: [String: String]
    /// The workspace's profile.
    let profile: ProfileFile?
    /// The templates below the profile, the nearest first.
    let templates: [(name: String, file: ProfileFile)]
    /// `config.toml`.
    let config: ProfileFile?
    /// How paths are made absolute.
    let paths: PathExpansion

    /// The value of a setting, and where it comes from.
    ///
    /// - Throws: ``Failure`` if the first layer that sets it has a wrong value.
    func value(
        of definition: SettingDefinition
    ) throws(Failure) -> (SettingValue, SettingOrigin) {
        let (value, origin, subject) = try first(definition)
        guard definition.kind == .path, case .text(let path) = value else { return (value, origin) }
        guard let absolute = try paths.absolute(path) else {
            throw Failure(
                .configuration,
                "\(subject) begins with ~, and HOME is not set",
                hint: "set HOME, or write an absolute path"
            )
        }
        return (.text(absolute), origin)
    }

    private func first(
        _ definition: SettingDefinition
    ) throws(Failure) -> (SettingValue, SettingOrigin, subject: String) {
        let name = definition.name
        if let words = flags[name] {
            let flag = definition.flag
            do throws(SettingProblem) {
                return (try definition.kind.read(words: words), .flag(flag), flag)
            } catch { throw error.failure(.usage, subject: flag) }
        }
        let variable = definition.variable
        if let text = environment[variable], !text.isEmpty {
            do throws(SettingProblem) {
                let value = try definition.kind.read(variable: text)
                return (value, .environment(variable), variable)
            } catch { throw error.failure(.configuration, subject: variable) }
        }
        if let (value, position, path) = try read(name, in: profile) {
            let origin = SettingOrigin.file(path: path, line: position.line)
            return (value, origin, "\(path):\(position): \(name)")
        }
        for template in templates {
            if let (value, position, path) = try read(name, in: template.file) {
                let origin = SettingOrigin.template(name: template.name, line: position.line)
                return (value, origin, "\(path):\(position): \(name)")
            }
        }
        if let (value, position, path) = try read(name, in: config) {
            let origin = SettingOrigin.file(path: path, line: position.line)
            return (value, origin, "\(path):\(position): \(name)")
        }
        if let (value, variable) = ProxyVariables(environment).value(of: name) {
            return (value, .environment(variable), variable)
        }
        return (definition.builtIn, .builtIn, name)
    }

    private func read(
        _ name: String,
        in file: ProfileFile?
    ) throws(Failure) -> (SettingValue, SourcePosition, String)? {
        guard let file, let value = try file.value(of: name), let position = file.position(of: name)
        else { return nil }
        return (value, position, file.path)
    }
}
