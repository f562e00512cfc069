package import ADMModel

/// Templates by name, and how they stand on each other.
package struct TemplateSet: Sendable {
    private let texts: [String: String]

    /// The templates that are compiled into adm.
    package static let shipped = TemplateSet([
        "archive": String(decoding: PackageResources.archive_toml, as: UTF8.self),
        "bulk": String(decoding: PackageResources.bulk_toml, as: UTF8.self),
        "ci": String(decoding: PackageResources.ci_toml, as: UTF8.self),
        "default": String(decoding: PackageResources.default_toml, as: UTF8.self),
        "metered": String(decoding: PackageResources.metered_toml, as: UTF8.self),
    ])

    /// Takes texts by name.
    package init(_ texts: [String: String]) { self.texts = texts }

    /// The names, in alphabetical order.
    package var names: [String] { texts.keys.sorted() }

    /// The text of a template.
    ///
    /// - Throws: ``Failure`` with `configuration` for an unknown name, with the nearest one as hint.
    package func text(_ name: String) throws(Failure) -> String {
        guard let text = texts[name] else { throw unknown(name, subject: "") }
        return text
    }

    /// The templates that a file stands on, the nearest first.
    ///
    /// - Throws: ``Failure`` with `configuration` and the place of `extends`, for an unknown name or
    ///   a chain that runs in a circle.
    package func chain(
        below file: ProfileFile
    ) throws(Failure) -> [(name: String, file: ProfileFile)] {
        var chain: [(name: String, file: ProfileFile)] = []
        var top = file
        while let name = top.extends {
            let place = top.position(of: SettingsTable.extends.name).map { ":\($0)" } ?? ""
            guard let text = texts[name] else {
                throw unknown(name, subject: "\(top.path)\(place): ")
            }
            guard !chain.contains(where: { $0.name == name }) else {
                let names = chain.map(\.name) + [name]
                throw Failure(
                    .configuration,
                    "\(top.path)\(place): the templates run in a circle:"
                        + " \(names.joined(separator: " → "))"
                )
            }
            top = try ProfileFile(
                path: "template \(name)",
                text: text,
                checking: .structure
            )
            chain.append((name, top))
        }
        return chain
    }

    /// The failure for a name that is not a template's.
    func unknown(_ name: String, subject: String) -> Failure {
        let near = NearestWord.to(name, in: names)
        return Failure(
            .configuration,
            "\(subject)there is no template \(SettingProblem.show(name))",
            hint: near.map { "did you mean \($0)?" }
                ?? "the templates are \(names.joined(separator: ", "))"
        )
    }
}
