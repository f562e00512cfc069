package import SystemPackage

extension FilePath {
    /// The path with this text, for packages that take paths of swift-system.
    package static func of(_ text: String) -> FilePath { FilePath(text) }
}
