public import ADMModel
import ADMProfiles

/// The rules that every job keeps, whichever way it comes in and whoever changes it.
///
/// They need no workspace: who has requests may ask before one is open.
public enum JobRules {
    /// Checks that a request can be a job: its priority, its file name and its settings.
    ///
    /// - Throws: ``Failure`` with `usage` that names what is wrong.
    public static func check(_ request: JobRequest) throws(Failure) { try check([request]) }

    /// Checks that all of these requests can be jobs, as ``check(_:)-(JobRequest)`` does.
    ///
    /// - Throws: ``Failure`` with `usage` that names what is wrong with the first that cannot.
    public static func check(_ requests: [JobRequest]) throws(Failure) {
        // The jobs of a list mostly have the same settings.
        var checked = JobSettings()
        for request in requests {
            if request.settings != checked {
                try SettingsTable.check(request.settings)
                checked = request.settings
            }
            try Priority.check(request.priority)
            if let name = request.fileName { _ = try SafeName.checkUserName(name) }
        }
    }

    /// Checks that drafts can wait in the queue: as ``check(_:)-(JobRequest)``, and their tags and header fields,
    /// too.
    ///
    /// - Throws: ``Failure`` with `usage` that names what is wrong, `authentication` for a secret header field,
    ///   which would not be there when the job runs.
    public static func check(_ drafts: [JobDraft]) throws(Failure) {
        try check(drafts.map(\.request))
        for draft in drafts {
            for tag in draft.tags { try JobTag.check(tag) }
            guard let secret = draft.request.headers.first(where: \.isSecret) else { continue }
            throw Failure(
                .authentication,
                "the header field \(secret.name) is secret and cannot wait in the queue",
                hint: "adm auth login keeps it for the server; or fetch in the foreground:"
                    + " adm download --header @FILE URL"
            )
        }
    }

    /// Checks that a job can change so.
    ///
    /// - Throws: ``Failure`` with `usage` that names what is wrong.
    public static func check(_ change: JobChange, of job: Job) throws(Failure) {
        var request = job.request
        request.fileName = change.fileName ?? request.fileName
        request.settings = change.settings
        // One that an earlier version let in may stay.
        request.priority = change.priority ?? 1
        try check(request)
        for tag in change.addedTags { try JobTag.check(tag) }
    }

    /// Chooses for each job the header fields of this run that are for it: a secret one goes to the jobs alone
    /// that were added with it.
    ///
    /// - Throws: ``Failure`` with `usage` if no job was added with a secret field, or if it would go to several
    ///   servers.
    /// - Returns: The fields of each job, in the order of `jobs`.
    public static func headers(
        _ headers: [HeaderField],
        for jobs: [Job]
    ) throws(Failure) -> [[HeaderField]] {
        for field in headers where field.isSecret {
            let takers = jobs.filter { $0.withholds(field) }
            guard !takers.isEmpty else {
                throw Failure(
                    .usage,
                    "none of these jobs was added with the header field \(field.name)",
                    hint: "add the download again with --header"
                )
            }
            let origins = Set(takers.map { $0.request.url.origin })
            guard origins.count == 1 else {
                let servers = origins.map(\.description).sorted().joined(separator: ", ")
                throw Failure(
                    .usage,
                    "the header field \(field.name) would go to several servers: \(servers)",
                    hint: "resume the jobs of each server by themselves"
                )
            }
        }
        return jobs.map { job in headers.filter { !$0.isSecret || job.withholds($0) } }
    }
}

extension Job {
    /// Whether the job was added with this secret field, whose value was not stored.
    fileprivate func withholds(_ field: HeaderField) -> Bool {
        withheldHeaders.contains { HeaderField.Name($0) == field.canonicalName }
    }
}

extension Failure.Code {
    /// Whether it is the fault of one job that it cannot be added, so that another one may still be.
    ///
    /// Otherwise the workspace or the disk is at fault, and no other job can be added either.
    public var concernsOneJob: Bool {
        [.usage, .configuration, .refused, .authentication, .jobNotFound, .exists].contains(self)
    }
}
