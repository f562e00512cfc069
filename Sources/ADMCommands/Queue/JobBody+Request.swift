import ADMDocuments
import ADMEngine
import ADMModel
import ADMSystem

extension JobBody {
    /// Puts what the line says over the options of the command; from a secret header field on, other processes
    /// cannot read the memory.
    ///
    /// - Throws: ``Failure`` with `usage`.
    func apply(to base: JobDraft) throws(Failure) -> JobDraft {
        if let filename { try DownloadOptions.check(filename) }
        for header in headers ?? [] where (try? HeaderField(parsing: header))?.isSecret == true {
            OwnProcess.concealMemory()
        }
        return try draft(
            over: base,
            paths: DownloadOptions.paths(for: "\(dir ?? "")\(hash ?? "")"),
            readSettings: { (fields) throws(Failure) in try JobSettings(parsing: fields) }
        )
    }
}
