import ADMDisk
public import ADMModel

extension RequestKey {
    /// Takes the key that a caller chose, and the text of what was asked for, of which a hash is kept.
    public init(key: String, asking text: String) {
        self.init(key: key, fingerprint: StreamingDigest.digest(of: Array(text.utf8), .sha256))
    }
}
