import ADMDocuments
import ADMEngine
import ADMModel

/// The requests of a list on standard input, some thousands at a time.
///
/// However long the list is, no more than one part of it is in memory here.
actor RequestSource {
    /// A draft, and where in the list it stands, for messages.
    struct Placed: Sendable {
        let draft: JobDraft
        let place: String
    }

    /// A part of the list.
    struct Part: Sendable {
        var good: [Placed] = []
        var bad: [(Failure, place: String)] = []
        /// User names and passwords that stood in the URLs.
        var logins: [Login] = []
    }

    private let batch: Batch
    private let place: QueuePlace
    private let isJSON: Bool
    private let size: Int
    private var credentials: URLCredentials
    private var rest: ArraySlice<LineReader.Line> = []

    init(
        batch: Batch,
        place: QueuePlace,
        isJSON: Bool,
        size: Int,
        credentials: URLCredentials
    ) {
        self.credentials = credentials
        self.batch = batch
        self.place = place
        self.isJSON = isJSON
        self.size = size
    }

    /// The next part, as large as can be had without waiting; nil at the end.
    func next() async throws -> Part? {
        var part = Part()
        while part.good.count + part.bad.count < size {
            if rest.isEmpty {
                // What is there is added before more is waited for.
                if !part.good.isEmpty, await !batch.hasMore() { break }
                rest = try await batch.lines()[...]
                if rest.isEmpty { break }
            }
            guard let line = rest.popFirst() else { break }
            take(line, into: &part)
        }
        part.logins = credentials.takePending()
        return part.good.isEmpty && part.bad.isEmpty ? nil : part
    }

    private func take(_ line: LineReader.Line, into part: inout Part) {
        do throws(Failure) {
            guard let queued = try queued(line) else { return }
            part.good.append(Placed(draft: queued, place: "line \(line.number)"))
        } catch {
            part.bad.append((error, "line \(line.number)"))
        }
    }

    private func queued(_ line: LineReader.Line) throws(Failure) -> JobDraft? {
        guard isJSON else {
            return try batch.request(line, &credentials).map(place.draft)
        }
        guard let text = line.text else {
            throw Failure(.usage, "the line is longer than \(LineReader.longestLine) bytes")
        }
        guard text.contains(where: { $0 != " " && $0 != "\t" }) else { return nil }
        guard !line.isLatin1 else {
            throw Failure(
                .usage,
                "the line is not UTF-8, which JSON has to be",
                hint: "save the list as UTF-8, or write the characters as \\u00E9"
            )
        }
        let parsed = try JobBody.parse(text)
        return try parsed.apply(to: place.draft(try batch.request(for: parsed.url, &credentials)))
    }
}
