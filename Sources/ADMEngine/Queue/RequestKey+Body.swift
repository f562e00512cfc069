import ADMDisk
public import ADMModel

extension RequestKey {
    /// Takes the key that a caller chose, and the text of what was asked for, of which a hash is kept.
    public init(key: String, asking text: String) {
        var digest = StreamingDigest(.sha256)
        let bytes = Array(text.utf8)
        unsafe digest.update(bytes.span.bytes)
        self.init(key: key, fingerprint: digest.finish())
    }
}
