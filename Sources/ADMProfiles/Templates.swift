package import ADMModel

/// The shipped templates: the files of `profiles/`, compiled into the program.
package enum Templates {
    /// The names, in alphabetical order.
    package static var names: [String] { TemplateSet.shipped.names }

    /// The text of a template.
    ///
    /// - Throws: ``Failure`` with `configuration` for an unknown name, with the nearest one as hint.
    package static func text(_ name: String) throws(Failure) -> String {
        try TemplateSet.shipped.text(name)
    }

    /// The text of a new profile on top of a template.
    ///
    /// For `default` it is that template itself, where every setting stands as a comment; for another
    /// one a short text that extends it, so that a better template of a later adm counts at once.
    ///
    /// - Throws: ``Failure`` with `configuration` for an unknown name, with the nearest one as hint.
    package static func starter(extending name: String) throws(Failure) -> String {
        let text = try TemplateSet.shipped.text(name)
        guard name != "default" else { return text }
        return """
            # The settings of one workspace. What is not said here comes from the template below,
            # then from config.toml, then from adm itself: adm config show --origin tells which.
            # Every key is explained in docs/profiles.md. Credentials never go into this file.

            extends = "\(name)"

            """
    }
}
