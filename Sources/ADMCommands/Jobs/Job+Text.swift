import ADMModel

extension UnreadableJob {
    /// What it fetches, as far as that is known.
    var title: String { url ?? "?" }
}

extension JobListing {
    /// Whether there is nothing at all in it.
    var isEmpty: Bool { jobs.isEmpty && unreadable.isEmpty }
}

extension Job {
    /// How far it is: `34 %  12.0 of 35.0 MiB`, or its size when it is done.
    var amount: String {
        guard let bytesTotal else { return bytesDone > 0 ? "\(ByteCount(bytesDone))" : "" }
        guard state != .succeeded, bytesTotal > 0 else { return "\(ByteCount(bytesTotal))" }
        let percent = Int(saturating: Double(bytesDone) * 100 / Double(bytesTotal))
        return "\(percent) % of \(ByteCount(bytesTotal))"
    }

    /// Its file name, or its URL while that is not known.
    var title: String { fileName ?? request.fileName ?? request.url.masked }
}
