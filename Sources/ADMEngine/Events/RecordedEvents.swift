public import ADMModel

extension WorkspaceReading {
    /// The recorded events of the workspace after a number, in order and without gaps.
    ///
    /// Those of the past come at once, then each as soon as it is recorded, whichever process does that.
    /// Whoever remembers the ``JobEvent/sequence`` of the last one misses nothing: 0 begins with the first.
    ///
    /// ```swift
    /// for try await event in work.events(after: 4711) { print(event.name) }
    /// ```
    ///
    /// It sleeps until the files of the database change; if the system cannot tell that, it looks every two
    /// seconds. It ends when the task is cancelled.
    public func events(after sequence: Int64) -> RecordedEvents {
        RecordedEvents(of: self, after: sequence)
    }
}

/// The events of a workspace, as ``WorkspaceReading/events(after:)`` gives them.
public struct RecordedEvents: AsyncSequence, Sendable {
    /// One event.
    public typealias Element = JobEvent

    private let workspace: any WorkspaceReading
    private let sequence: Int64

    init(of workspace: any WorkspaceReading, after sequence: Int64) {
        self.workspace = workspace
        self.sequence = sequence
    }

    /// Begins a pass.
    public func makeAsyncIterator() -> Iterator {
        Iterator(of: workspace, after: sequence)
    }

    /// One pass over the events.
    public struct Iterator: AsyncIteratorProtocol {
        private static let pageSize = 1000
        /// When to look again after a change in which nothing was to be seen: a commit is written before the disk has
        /// it, and seen by others after that, of which no file tells.
        private static let again: [Duration] = [
            .milliseconds(10), .milliseconds(40), .milliseconds(150), .milliseconds(400),
        ]

        // It keeps the workspace open.
        private let workspace: any WorkspaceReading
        private var last: Int64
        private var page: ArraySlice<JobEvent> = []
        private var hasMore = true
        private var changes: AsyncStream<Void>.Iterator
        private var looks = Iterator.again.count

        init(of workspace: any WorkspaceReading, after sequence: Int64) {
            self.workspace = workspace
            last = sequence
            // Before the first look, so that nothing happens unseen between the two.
            let directory = workspace.configuration.selection.layout.root
            changes = DirectoryWatch.changes(in: directory).makeAsyncIterator()
        }

        /// The next event; nil after cancellation.
        ///
        /// - Throws: ``Failure`` if the database cannot be read.
        public mutating func next() async throws -> JobEvent? {
            while true {
                if let event = page.popFirst() {
                    last = event.sequence ?? last
                    return event
                }
                if !hasMore {
                    if looks < Iterator.again.count {
                        try? await Task.sleep(for: Iterator.again[looks])
                        looks += 1
                    } else {
                        guard await changes.next(isolation: #isolation) != nil else { return nil }
                        looks = 0
                    }
                }
                page = try await workspace.recordedEvents(after: last, limit: Iterator.pageSize)[
                    ...
                ]
                hasMore = page.count == Iterator.pageSize
                if !page.isEmpty { looks = 0 }
                if Task.isCancelled { return nil }
            }
        }
    }
}
