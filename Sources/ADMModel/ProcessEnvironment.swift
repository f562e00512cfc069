import Glibc

/// The variables of this process, which are bytes: not all of them are text.
package enum ProcessEnvironment {
    /// `NAME=VALUE` in bytes; adm changes none of them.
    private static let entries: [[UInt8]] = {
        var entries: [[UInt8]] = []
        var next = unsafe environ
        while let entry = unsafe next.pointee {
            let bytes = unsafe UnsafeBufferPointer(start: entry, count: strlen(entry))
            unsafe entries.append(bytes.map { UInt8(bitPattern: $0) })
            unsafe next += 1
        }
        return entries
    }()

    /// The variables that are UTF-8; of several with one name the first counts, as for getenv(3).
    package static let variables = parse(entries)

    static func parse(_ entries: [[UInt8]]) -> [String: String] {
        var variables: [String: String] = [:]
        for entry in entries {
            guard let text = String(validating: entry, as: UTF8.self),
                let equals = text.utf8.firstIndex(of: 0x3D)
            else { continue }
            let name = String(text[..<equals])
            let value = String(text[text.utf8.index(after: equals)...])
            variables[name] = variables[name] ?? value
        }
        return variables
    }

    /// Checks that what adm takes from the environment is text.
    ///
    /// - Throws: ``Failure`` with `configuration` that names the first variable that is not UTF-8 and means
    ///   something to adm.
    package static func check() throws(Failure) { try check(entries) }

    static func check(_ entries: [[UInt8]]) throws(Failure) {
        for entry in entries {
            let name = String(decoding: entry.prefix { $0 != 0x3D }, as: UTF8.self)
            guard matters(name), String(validating: entry, as: UTF8.self) == nil else { continue }
            throw Failure(
                .configuration,
                "the variable \(name) is not valid UTF-8",
                hint: "adm takes names and paths in UTF-8 only, and would use another one"
            )
        }
    }

    private static func matters(_ name: String) -> Bool {
        name.hasPrefix("ADM_") || name.lowercased().hasSuffix("_proxy")
            || ["CREDENTIALS_DIRECTORY", "EDITOR", "HOME", "NETRC", "TMPDIR", "VISUAL"]
                .contains(name)
    }
}
