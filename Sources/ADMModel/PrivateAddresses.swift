/// Whether jobs that a program hands in over HTTP, with a token of the scope `submit`, may fetch from this machine and
/// from private networks.
public enum PrivateAddresses: String, Sendable, Hashable, Codable, CaseIterable {
    /// They may not, however a redirect or a name leads there.
    case refuse
    /// They may, as the owner's own jobs.
    case allow
}
