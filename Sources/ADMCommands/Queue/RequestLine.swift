import ADMEngine
import ADMModel
import Foundation

/// A request as one JSON object a line: what `adm add --json-lines` reads.
struct RequestLine: Decodable {
    var url: String
    var filename: String?
    var dir: String?
    var hash: String?
    var ifExists: ConflictPolicy?
    var priority: Int?
    var headers: [String]?
    var mirrors: [String]?
    var tags: [String]?
    var at: String?
    var after: Int64?
    var unique: Bool?
    var settings: [String: String]?

    private enum CodingKeys: String, CodingKey, CaseIterable {
        case url, filename, dir, hash, mirrors, priority, headers, tags, at, after, unique, settings
        case ifExists = "if_exists"
    }

    private struct AnyKey: CodingKey {
        let stringValue: String
        let intValue: Int? = nil

        init?(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    init(from decoder: any Decoder) throws {
        let all = try decoder.container(keyedBy: AnyKey.self).allKeys.map(\.stringValue)
        let known = CodingKeys.allCases.map(\.stringValue)
        if let unknown = all.first(where: { !known.contains($0) }) {
            throw Failure(
                .usage,
                "there is no field \(unknown.debugDescription)",
                hint: NearestWord.to(unknown, in: known).map { "did you mean \($0)?" }
            )
        }
        let values = try decoder.container(keyedBy: CodingKeys.self)
        url = try values.decode(String.self, forKey: .url)
        filename = try values.decodeIfPresent(String.self, forKey: .filename)
        dir = try values.decodeIfPresent(String.self, forKey: .dir)
        hash = try values.decodeIfPresent(String.self, forKey: .hash)
        ifExists = try values.decodeIfPresent(ConflictPolicy.self, forKey: .ifExists)
        priority = try RequestLine.priority(in: values)
        headers = try values.decodeIfPresent([String].self, forKey: .headers)
        mirrors = try values.decodeIfPresent([String].self, forKey: .mirrors)
        tags = try values.decodeIfPresent([String].self, forKey: .tags)
        at = try values.decodeIfPresent(String.self, forKey: .at)
        after = try values.decodeIfPresent(Int64.self, forKey: .after)
        unique = try values.decodeIfPresent(Bool.self, forKey: .unique)
        settings = try values.decodeIfPresent([String: String].self, forKey: .settings)
    }

    /// The priority; a number that is too large, or has a fraction, is refused by its range.
    private static func priority(in values: KeyedDecodingContainer<CodingKeys>) throws -> Int? {
        guard let number = try values.decodeIfPresent(Double.self, forKey: .priority) else {
            return nil
        }
        guard let priority = Int(exactly: number), Priority.allowed.contains(priority) else {
            throw Priority.refusal("\(number)")
        }
        return priority
    }

    /// Reads one line.
    ///
    /// - Throws: ``Failure`` with `usage` that names the field.
    static func parse(_ text: String) throws(Failure) -> RequestLine {
        do {
            return try JSONDecoder().decode(RequestLine.self, from: Data(text.utf8))
        } catch let failure as Failure {
            throw failure
        } catch let DecodingError.keyNotFound(key, _) {
            throw Failure(.usage, "the field \(key.stringValue) is missing")
        } catch let DecodingError.typeMismatch(_, context) where !context.codingPath.isEmpty {
            let field = context.codingPath.map(\.stringValue).joined(separator: ".")
            throw Failure(
                .usage,
                "the field \(field) has another type",
                cause: context.debugDescription
            )
        } catch let DecodingError.dataCorrupted(context) where !context.codingPath.isEmpty {
            let field = context.codingPath.map(\.stringValue).joined(separator: ".")
            throw Failure(.usage, "the field \(field) has a wrong value")
        } catch {
            throw Failure(
                .usage,
                "it is not a JSON object",
                hint: "write {\"url\": \"https://…\", \"priority\": 2, \"tags\": [\"iso\"]}"
            )
        }
    }

    /// Puts what the line says over the options of the command.
    ///
    /// - Throws: ``Failure`` with `usage`.
    func apply(to base: QueuedRequest) throws(Failure) -> QueuedRequest {
        var queued = base
        if let filename { try DownloadOptions.check(filename) }
        queued.request.fileName = filename ?? base.request.fileName
        if let dir { queued.request.directory = try DownloadOptions.absolute(dir) }
        if let hash { try queued.request.expect(hash) }
        queued.request.ifExists = ifExists ?? base.request.ifExists
        queued.request.priority = priority ?? base.request.priority
        for header in headers ?? [] {
            queued.request.headers.append(try HeaderFile.field(header))
        }
        for mirror in mirrors ?? [] {
            queued.request.mirrors.append(try SourceURL(mirror))
        }
        queued.request.settings.merge(try JobSettings(parsing: settings ?? [:]))
        queued.tags += tags ?? []
        if let at { queued.runAt = try MomentText.parse(at, option: "at") }
        queued.after = after ?? base.after
        queued.isUnique = unique ?? base.isUnique
        return queued
    }
}
