/// Why a job is held.
public enum PauseCause: String, Sendable, Hashable, Codable, CaseIterable {
    /// Somebody asked for it, with `adm queue pause` or in `adm top`.
    case person
    /// The process that fetched it in the foreground was stopped.
    case interruption
    /// The file system is full.
    case noSpace = "no-space"
    /// The secret that it needs cannot be had: the keyring is locked or does not answer.
    case credentialStore = "credential-store"
}
