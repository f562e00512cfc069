package import ADMModel

/// An event as JSON, for `--progress json` and `adm events --json`.
///
/// Names and fields are those that users of rheo know; later versions add fields and change none. Each
/// kind of event has the common fields, then its own, always in the same order.
package struct EventDocument: JSONWritable {
    private let event: JobEvent
    private let chunkSize: Int64?

    /// Shows an event; `chunkSize` is the number of bytes since the progress event before.
    package init(_ event: JobEvent, chunkSize: Int64? = nil) {
        self.event = event
        self.chunkSize = chunkSize
    }

    /// The fields of every event.
    private static let common: [Field<JobEvent>] = [
        Field("v", "The version of the documents.") { _ in DocumentDescription.version },
        Field("event_type", "What happened.") { $0.kind.name },
        Field("occurred_at", "When it happened.") { $0.occurredAt },
        Field("download_id", "The identifier of the job everywhere, a ULID.") {
            $0.job.description
        },
        Field("job", "The number of the job in its workspace.") { $0.number },
        Field(
            "sequence",
            "The number of the event in its workspace, without gaps; null for progress, which is not"
                + " recorded."
        ) { $0.sequence },
        Field("url", "What the job fetches, without its query.") { $0.url },
    ]

    /// Writes the common fields, then those of its kind.
    package func write(to json: inout JSONWriter) {
        let head = (event, EventDocument.common)
        switch event.kind {
        case .queued(let priority): json.append(head, (priority, EventFields.queued))
        case .started(let totalBytes): json.append(head, (totalBytes, EventFields.started))
        case .progress(let progress):
            let part = EventFields.Progress(progress: progress, chunkSize: chunkSize)
            json.append(head, (part, EventFields.progress))
        case .completed(let completion): json.append(head, (completion, EventFields.completed))
        case .failed(let failure): json.append(head, (failure, EventFields.failed))
        case .skipped(let reason, let path):
            json.append(head, ((reason, path), EventFields.skipped))
        case .cancelled(let state): json.append(head, (state, EventFields.cancelled))
        case .retrying(let retry, let maxRetries, let delaySeconds, let error):
            let part = EventFields.Retry(
                retry: retry,
                maxRetries: maxRetries,
                delaySeconds: delaySeconds,
                error: error
            )
            json.append(head, (part, EventFields.retrying))
        case .validating(let algorithm): json.append(head, (algorithm, EventFields.validating))
        case .repairing(let pieces, let bytes):
            json.append(head, ((pieces, bytes), EventFields.repairing))
        case .paused(let cause): json.append(head, (cause, EventFields.paused))
        }
    }

    // MARK: - Description

    /// One of the kinds.
    package static var shape: JSONShape {
        .any(EventName.allCases.map { .document(description(of: $0)) })
    }

    /// The fields of every event, without a kind.
    package static var commonDescription: DocumentDescription {
        DocumentDescription(
            name: "event",
            summary: "Something that happened to a job; each kind has further fields.",
            fields: common.map(\.description)
        )
    }

    /// What can be said of a kind of event.
    package static func description(of name: EventName) -> DocumentDescription {
        let head = common.map(\.description).map { field in
            field.name == "event_type"
                ? FieldDescription(field.name, field.summary, .words([name.rawValue])) : field
        }
        return DocumentDescription(
            name: "event-" + name.rawValue.drop { $0 != "." }.dropFirst(),
            summary: summary(of: name),
            fields: head + fields(of: name)
        )
    }

    /// The fields that a kind has besides the common ones.
    package static func fields(of name: EventName) -> [FieldDescription] {
        switch name {
        case .queued: EventFields.queued.map(\.description)
        case .started: EventFields.started.map(\.description)
        case .progress: EventFields.progress.map(\.description)
        case .completed: EventFields.completed.map(\.description)
        case .failed: EventFields.failed.map(\.description)
        case .skipped: EventFields.skipped.map(\.description)
        case .cancelled: EventFields.cancelled.map(\.description)
        case .retrying: EventFields.retrying.map(\.description)
        case .validating: EventFields.validating.map(\.description)
        case .repairing: EventFields.repairing.map(\.description)
        case .paused: EventFields.paused.map(\.description)
        }
    }

    /// What a kind of event says.
    package static func summary(of name: EventName) -> String {
        switch name {
        case .queued: "The job was added to the queue."
        case .started: "The server answered."
        case .progress: "Bytes arrived."
        case .completed: "The file is whole, verified and under its final name."
        case .failed: "The job failed."
        case .skipped: "There was nothing to do."
        case .cancelled: "The job was stopped for good."
        case .retrying: "The attempt failed, and another one follows."
        case .validating: "The digest of the file is being computed."
        case .repairing: "Pieces that were wrong are fetched again."
        case .paused: "The job is held until somebody resumes it."
        }
    }
}

extension EventName: JSONWord {}
