import ADMModel

/// A job that somebody in this process waits for.
struct ForegroundJob: Sendable {
    let job: Job
    /// Header fields for this run, secrets among them.
    let fields: [HeaderField]

    /// Sees that every secret field which was not stored was given again.
    ///
    /// - Throws: ``Failure`` with `authentication` if one is missing.
    func check() throws(Failure) {
        let given = Set(fields.map(\.canonicalName))
        let missing = job.withheldHeaders.filter { !given.contains(HeaderField.Name($0)) }
        guard missing.isEmpty else {
            throw Failure(
                .authentication,
                "job \(job.number) needs the header field \(missing.joined(separator: ", ")) again",
                hint: "secrets are not stored: adm resume \(job.number) --header @FILE"
            )
        }
    }
}
