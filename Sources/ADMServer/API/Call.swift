import ADMEngine
import ADMModel
import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdCore
import NIOCore

/// A request on its way to the engine.
struct Call: Sendable {
    /// The request.
    let request: Request
    /// Who asks, and under which number.
    let scope: RequestScope
    /// What the daemon works with.
    let services: Services

    /// The longest body that is kept in memory, in bytes.
    static let bodyLimit = 1_048_576

    /// Whether the caller may still be answered: a token may be revoked, or end, while its holder follows events.
    var mayContinue: Bool {
        guard case .token(let token) = scope.caller else { return true }
        return (try? services.tokens.counts(token)) ?? false
    }

    /// Closes the connection.
    var cut: @Sendable () -> Void {
        { [channel = scope.channel] in channel.close(promise: nil) }
    }

    // MARK: - Parameters

    /// The path as it was asked for.
    var path: String { request.uri.path }

    /// What stands behind the path; empty if nothing does.
    var query: String { request.uri.query ?? "" }

    /// A field of the head; nil if it is not there.
    func field(_ name: String) -> String? {
        HTTPField.Name(name).flatMap { request.headers[$0] }
    }

    /// A name in the path.
    func part(_ name: String) throws -> String {
        guard let text = scope.coreContext.parameters.get(name)?.removingPercentEncoding else {
            throw Problem(.badRequest, "the path names no \(name)")
        }
        return text
    }

    /// A parameter of the query that stands there once at most.
    func query(_ name: String) throws -> String? {
        let all = self.all(name)
        guard all.count <= 1 else {
            throw Problem(.badRequest, "the parameter \(name) is given \(all.count) times")
        }
        return all.first
    }

    /// All values of a parameter of the query.
    func all(_ name: String) -> [String] {
        request.uri.queryParameters[values: Substring(name)].map { String($0) }
    }

    /// A whole number in the query.
    func number(_ name: String, in range: ClosedRange<Int64>, or fallback: Int64) throws -> Int64 {
        guard let text = try query(name) else { return fallback }
        guard let number = Int64(digits: text), range.contains(number) else {
            throw Problem(
                .badRequest,
                "the parameter \(name) is a whole number from \(range.lowerBound) to \(range.upperBound)"
            )
        }
        return number
    }

    /// The words of a parameter, each of which must be one of an enumeration.
    func words<Word: RawRepresentable & CaseIterable & Hashable>(
        _ name: String,
        as: Word.Type
    ) throws -> Set<Word> where Word.RawValue == String {
        var words: Set<Word> = []
        for text in all(name) {
            guard let word = Word(rawValue: text) else {
                let known = Word.allCases.map(\.rawValue).joined(separator: ", ")
                throw Problem(.badRequest, "the parameter \(name) is one of \(known)")
            }
            words.insert(word)
        }
        return words
    }

    /// Refuses parameters of the query that nobody reads, so that a slip is noticed.
    func check(_ operation: Operation) throws {
        let known = operation.parameters.filter { $0.place == .query }.map(\.name)
        for (name, _) in request.uri.queryParameters where !known.contains(String(name)) {
            throw Problem(
                .badRequest,
                "there is no parameter \(String(name).debugDescription)",
                hint: NearestWord.to(String(name), in: known).map { "did you mean \($0)?" }
            )
        }
    }

    // MARK: - Body

    /// The body as text.
    ///
    /// - Throws: ``Problem`` with `unsupportedMediaType` if it is not JSON, `tooLarge` if it is longer than
    ///   ``bodyLimit``, `badRequest` if it is not UTF-8.
    func body() async throws -> String {
        try requireType(["application/json"])
        if let length = request.headers[.contentLength].flatMap({ Int64(digits: $0) }),
            length > Int64(Call.bodyLimit)
        {
            throw tooLarge
        }
        let deadline = BodyDeadline(scope.channel)
        defer { deadline.met() }
        var bytes = ByteBuffer()
        for try await part in request.body {
            guard bytes.readableBytes + part.readableBytes <= Call.bodyLimit else { throw tooLarge }
            bytes.writeImmutableBuffer(part)
        }
        guard let text = String(validating: bytes.readableBytesView, as: UTF8.self) else {
            throw Problem(.badRequest, "the body is not UTF-8")
        }
        return text
    }

    /// Refuses a body of another type than these.
    ///
    /// - Throws: ``Problem`` with `unsupportedMediaType`.
    func requireType(_ types: [String]) throws(Problem) {
        let type = request.headers[.contentType]?.split(separator: ";").first.map {
            $0.trimmingCharacters(in: .whitespaces).lowercased()
        }
        guard let type, types.contains(type) else {
            throw Problem(.unsupportedMediaType, "the body must be \(types[0])")
        }
    }

    private var tooLarge: Problem {
        Problem(
            .tooLarge,
            "the body is longer than \(ByteCount(Int64(Call.bodyLimit)))",
            fields: [("Connection", "close")]
        )
    }

    // MARK: - Workspaces

    /// The name of the workspace in the path, if the caller may see it.
    ///
    /// - Throws: ``Failure`` with `workspaceNotFound`, also if the caller may not see it.
    func selection() async throws -> WorkspaceSelection {
        let text = try part("workspace")
        let selection: WorkspaceSelection
        do throws(Failure) {
            selection = try await services.shelf.selection(try WorkspaceName(text))
        } catch {
            throw scope.caller.onlyWorkspace == nil && error.code != .usage ? error : hidden(text)
        }
        guard scope.caller.maySee(selection.identity) else { throw hidden(text) }
        return selection
    }

    private func hidden(_ name: String) -> Failure {
        Failure(.workspaceNotFound, "there is no workspace \(name.prefix(80).debugDescription)")
    }

    /// The workspace in the path, open.
    func workspace() async throws -> Workspace {
        try await services.shelf.workspace(selection())
    }

    /// The job in the path.
    func job(in workspace: Workspace) async throws -> Job {
        try await workspace.job(part("job"))
    }
}
