package import ADMModel

extension JobBody {
    /// Puts what it says over a draft.
    ///
    /// It does not look at its ``url``, whose request is in `base`, and does not decide whether this can be a job.
    ///
    /// - Parameters:
    ///   - base: What counts where it says nothing.
    ///   - paths: How paths in it are understood.
    ///   - readSettings: Reads its ``settings``.
    /// - Throws: ``Failure`` with `usage` for a field that cannot be understood, and what `readSettings` throws.
    /// - Returns: The draft with what it says.
    package func draft(
        over base: JobDraft,
        paths: PathExpansion,
        readSettings: ([String: String]) throws(Failure) -> JobSettings
    ) throws(Failure) -> JobDraft {
        var draft = base
        draft.request.fileName = filename ?? base.request.fileName
        if let dir { draft.request.directory = try paths.given(dir) }
        if let hash { try draft.request.options.expect(hash, paths: paths) }
        draft.request.ifExists = ifExists ?? base.request.ifExists
        draft.request.priority = priority ?? base.request.priority
        for header in headers ?? [] {
            draft.request.headers.append(try HeaderField(parsing: header))
        }
        for mirror in mirrors ?? [] { draft.request.mirrors.append(try SourceURL(mirror)) }
        if let settings { draft.request.settings.merge(try readSettings(settings)) }
        draft.tags += tags ?? []
        if let at { draft.runAt = try TimeParser.parse(at, option: "at") }
        draft.after = after ?? base.after
        draft.isUnique = unique ?? base.isUnique
        return draft
    }
}
