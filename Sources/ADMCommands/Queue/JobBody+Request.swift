import ADMDocuments
import ADMEngine
import ADMModel

extension JobBody {
    /// Puts what the line says over the options of the command.
    ///
    /// - Throws: ``Failure`` with `usage`.
    func apply(to base: JobDraft) throws(Failure) -> JobDraft {
        var queued = base
        if let filename { try DownloadOptions.check(filename) }
        queued.request.fileName = filename ?? base.request.fileName
        if let dir { queued.request.directory = try DownloadOptions.absolute(dir) }
        if let hash { try queued.request.options.expect(hash) }
        queued.request.ifExists = ifExists ?? base.request.ifExists
        queued.request.priority = priority ?? base.request.priority
        for header in headers ?? [] {
            queued.request.headers.append(try HeaderFile.field(header))
        }
        for mirror in mirrors ?? [] {
            queued.request.mirrors.append(try SourceURL(mirror))
        }
        if let settings { queued.request.settings.merge(try JobSettings(parsing: settings)) }
        queued.tags += tags ?? []
        if let at { queued.runAt = try TimeParser.parse(at, option: "at") }
        queued.after = after ?? base.after
        queued.isUnique = unique ?? base.isUnique
        return queued
    }
}
