import ADMDocuments
import ADMEngine
import ADMModel
import ADMSystem

/// What somebody who asks over HTTP may say of a job.
///
/// It is less than the owner may say in a terminal: no path outside of the directory of the workspace, no file of
/// this machine, no password in a URL. With a token of the scope `submit` the job fetches from public addresses alone,
/// as long as the profile does not allow others.
struct Submission: Sendable {
    private let configuration: WorkspaceConfiguration
    /// Whether the caller is trusted with what this machine alone can reach.
    private let isTrusted: Bool

    /// Takes jobs for a workspace from somebody.
    init(workspace: Workspace, caller: Caller) {
        configuration = workspace.configuration
        isTrusted = caller.scope == .admin
    }

    /// The draft of a job.
    ///
    /// - Throws: ``Failure`` with `usage` for a field that cannot be understood, `refused` for one that is not for
    ///   this door.
    func draft(_ body: JobBody) throws(Failure) -> JobDraft {
        var body = body
        let url = try SourceURL(body.url)
        for text in [body.url, body.hash ?? ""] + (body.mirrors ?? [])
        where try URLLogin.take(from: text, into: .keyring) != nil {
            throw Failure(
                .refused,
                "a URL has a user name or password in it",
                hint: "adm auth login keeps it for the server"
            )
        }
        if let hash = body.hash, Submission.namesFile(hash) {
            throw Failure(
                .refused,
                "hash names a file of this machine",
                hint: "give the digest itself, or the URL of a list"
            )
        }
        let directory = try directory(body.dir)
        body.dir = nil
        if let name = body.filename { _ = try SafeName.checkUserName(name) }
        var base = JobDraft(JobRequest(url: url))
        base.request.directory = directory
        var draft = try body.draft(
            over: base,
            paths: PathExpansion(home: nil, workingDirectory: "/nonexistent"),
            readSettings: { (fields) throws(Failure) in try JobSettings(parsing: fields) }
        )
        guard !isTrusted else { return draft }
        draft.request.settings.publicOnly = true
        try checkHosts(of: draft.request)
        return draft
    }

    /// Refuses at once what is known not to be public without a look-up; the rest is found out when it is fetched.
    private func checkHosts(of request: JobRequest) throws(Failure) {
        guard configuration.settings.privateAddresses == .refuse else { return }
        let urls = [request.url] + request.mirrors + (request.checksumList.map { [$0] } ?? [])
        for url in urls where PublicAddress.excludes(host: url.origin.host) {
            throw PublicAddress.refusal(of: url.origin.host)
        }
    }

    /// A directory below that of the workspace; nil for that itself.
    private func directory(_ text: String?) throws(Failure) -> String? {
        guard let text else { return nil }
        let parts = text.utf8.split(separator: 0x2F, omittingEmptySubsequences: false)
            .map { String(Substring($0)) }
        guard !text.isEmpty, !text.hasPrefix("/"), !text.hasPrefix("~"), !text.utf8.contains(0),
            parts.allSatisfy({ !["", ".", ".."].contains($0) })
        else {
            throw Failure(
                .refused,
                "dir is not a path below the directory of the workspace",
                hint: "write it without / at the beginning and without . and .. in it"
            )
        }
        for part in parts { _ = try SafeName.checkUserName(part) }
        let root = try configuration.directory()
        var path = root
        for part in parts {
            path += "/" + part
            let status = try? FileStatus.named(path)
            guard status?.kind != .link else {
                throw Failure(
                    .refused,
                    "dir leads through the symbolic link \(part.debugDescription)"
                )
            }
        }
        return path
    }

    /// Whether a digest is asked of a file of this machine.
    private static func namesFile(_ hash: String) -> Bool {
        let text = hash.lowercased()
        if text.contains("file:") { return true }
        guard !text.contains("://") else { return false }
        return (try? Checksum(parsing: hash)) == nil
    }
}
