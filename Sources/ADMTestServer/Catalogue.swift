/// The built-in test files that `adm test` downloads: one for each thing that a server may do.
///
/// Downloaded side by side over eight connections each, all take a few seconds.
package enum Catalogue {
    /// One test file, what it is called and what a right download of it looks like.
    package struct Item: Sendable {
        /// A short name, stable across releases, for options and JSON.
        package let id: String
        /// What the file tests, in a few words for people.
        package let title: String
        /// What is served and how.
        package let file: TestFile
        /// The path and query to download.
        package let target: String
        /// The name that the downloaded file must have.
        package let fileName: String

        /// The length that the downloaded file must have.
        package var length: Int64 { file.length }
        /// The bytes that the downloaded file must have.
        package var body: TestBody { file.body }

        init(
            _ id: String,
            _ title: String,
            length: Int64,
            target: String? = nil,
            fileName: String? = nil,
            _ change: (inout Behaviour) -> Void = { _ in }
        ) {
            let name = fileName ?? "\(id).bin"
            let target = target ?? "/files/\(id).bin"
            var behaviour = Behaviour()
            change(&behaviour)
            self.id = id
            self.title = title
            self.target = target
            self.fileName = name
            file = TestFile(
                String(target.prefix { $0 != "?" }),
                length: length,
                seed: Item.seed(id),
                behaviour
            )
        }

        /// Every item has bytes of its own, the same in every run (FNV-1a).
        private static func seed(_ id: String) -> UInt64 {
            id.utf8.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
        }
    }

    /// All test files, the simple ones first.
    package static let items: [Item] = sizes + shapes + flaky + addresses

    /// What a server must offer for the items.
    package static var files: [TestFile] { items.map(\.file) }

    private static let mebibyte: Int64 = 1_048_576

    private static let sizes = [
        Item("empty", "an empty file", length: 0),
        Item("one-byte", "a file of one byte", length: 1),
        Item("one-mebibyte", "1 MiB with a digest", length: mebibyte) {
            $0.reprDigest = "sha-256=:KnfQ86hCbGw2PWqv4cInl3kF8LJgrJgQA022aEQvyQk=:"
        },
        Item("hundred-mebibytes", "100 MiB with a digest", length: 100 * mebibyte) {
            $0.reprDigest = "sha-256=:zHId8ST2O2DLOKzY5wYrkZVVeLTDk2THxFGprK690bU=:"
        },
    ]

    private static let shapes = [
        Item("no-ranges", "a server without ranges", length: 8 * mebibyte) {
            $0.ranges = .refused
        },
        Item("no-length", "no length, in chunks", length: 8 * mebibyte) {
            $0.ranges = .ignored
            $0.framing = .chunked
        },
        Item("until-close", "no length, ends with the connection", length: 2 * mebibyte) {
            $0.ranges = .ignored
            $0.framing = .untilClose
        },
        Item("slow", "2 MiB/s for each connection", length: 12 * mebibyte) {
            $0.bytesPerSecond = Int(2 * mebibyte)
        },
    ]

    private static let flaky = [
        Item("busy", "503 with Retry-After: 1", length: mebibyte) {
            $0.refusals = [Refusal(503, .first(1), retryAfter: .seconds(1))]
        },
        Item("reset", "a connection reset in the middle", length: 4 * mebibyte) {
            $0.interruptions = [.reset(after: 300_000, .first(1))]
        },
        Item("cut", "bodies cut off at random places", length: 8 * mebibyte) {
            $0.interruptions = [ServedInterruption(.cut, .random(seed: 7), .first(2))]
        },
    ]

    private static let addresses = [
        Item("redirected", "three redirects", length: mebibyte) {
            $0.redirection = Redirection(.hops(3))
        },
        Item(
            "disposition",
            "a name from Content-Disposition",
            length: mebibyte,
            target: "/download?id=7",
            fileName: "Prüfbericht 10 €.bin"
        ) {
            $0.contentDisposition =
                "attachment; filename=\"Pruefbericht.bin\";"
                + " filename*=UTF-8''Pr%C3%BCfbericht%2010%20%E2%82%AC.bin"
        },
    ]
}
