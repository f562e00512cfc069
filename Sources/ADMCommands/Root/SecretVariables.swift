/// Secrets that were given to the process in its environment.
enum SecretVariables {
    private static let settings = [
        "ADM_CREDENTIAL_STORE", "ADM_CREDENTIAL_COMMAND", "ADM_CREDENTIAL_KEY_FILE",
    ]

    /// Whether a variable holds one: a credential for a server, or a proxy with a password.
    static func arePresent(in environment: [String: String]) -> Bool {
        environment.contains { name, value in
            guard !value.isEmpty else { return false }
            if name.hasPrefix("ADM_CREDENTIAL_") { return !settings.contains(name) }
            if name.hasPrefix("ADM_HTTP_CREDENTIAL_") { return true }
            return name.lowercased().hasSuffix("_proxy") && value.contains("@")
        }
    }
}
