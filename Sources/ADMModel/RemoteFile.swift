/// What a server says about a file before its first byte.
package struct RemoteFile: Sendable, Hashable {
    /// Where the redirects led.
    package var url: SourceURL
    /// Where they led on the way, this URL at the end.
    package var hops: [SourceURL]
    /// What tells versions apart, with the whole length if it is known.
    package var validators: Validators
    /// The name that the server gave in `Content-Disposition`, decoded but not made safe.
    package var offeredName: String?
    /// Digests of the whole file that the server sent, strongest first.
    package var digests: [Checksum]
    /// Whether the bytes of an earlier run are kept; otherwise the file starts again from its first byte.
    package var continues: Bool
    /// Whether a later run could resume where this one stops.
    package var canResume: Bool

    /// Creates a description of a file.
    package init(
        url: SourceURL,
        hops: [SourceURL] = [],
        validators: Validators,
        offeredName: String? = nil,
        digests: [Checksum] = [],
        continues: Bool = false,
        canResume: Bool = false
    ) {
        self.url = url
        self.hops = hops
        self.validators = validators
        self.offeredName = offeredName
        self.digests = digests
        self.continues = continues
        self.canResume = canResume
    }
}
