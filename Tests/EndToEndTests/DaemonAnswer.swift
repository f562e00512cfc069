import Foundation

/// What the daemon answered.
struct DaemonAnswer: Sendable {
    let status: Int
    let fields: [(name: String, value: String)]
    let body: Data

    /// Reads an answer; nil as long as it is not whole.
    init?(_ bytes: Data, hasEnded: Bool) {
        guard let (head, rest) = DaemonAnswer.head(of: bytes) else { return nil }
        let lines = head.components(separatedBy: "\r\n")
        let words = lines[0].split(separator: " ")
        guard words.count > 1, words[0].hasPrefix("HTTP/1."), let status = Int(words[1]) else {
            return nil
        }
        self.status = status
        let fields = lines.dropFirst().compactMap { line in
            line.firstIndex(of: ":").map { colon in
                let value = line[line.index(after: colon)...]
                return (
                    name: String(line[..<colon]),
                    value: value.trimmingCharacters(in: .whitespaces)
                )
            }
        }
        func field(_ name: String) -> String? {
            fields.first { $0.name.lowercased() == name.lowercased() }?.value
        }
        self.fields = fields
        if status == 204 || status == 304 {
            body = Data()
        } else if field("Transfer-Encoding")?.lowercased() == "chunked" {
            let (content, isWhole) = DaemonAnswer.joined(rest)
            guard isWhole || hasEnded else { return nil }
            body = content
        } else if let length = field("Content-Length").flatMap(Int.init) {
            guard rest.count >= length else { return nil }
            body = Data(rest.prefix(length))
        } else {
            guard hasEnded else { return nil }
            body = rest
        }
    }

    /// The value of the first field with a name.
    func field(_ name: String) -> String? {
        fields.first { $0.name.lowercased() == name.lowercased() }?.value
    }

    /// The body as text.
    var text: String { String(decoding: body, as: UTF8.self) }

    /// The body as a JSON object; empty if it is none.
    var object: [String: Any] {
        (try? JSONSerialization.jsonObject(with: body)) as? [String: Any] ?? [:]
    }

    /// The body as a list of JSON objects; empty if it is none.
    var list: [[String: Any]] {
        (try? JSONSerialization.jsonObject(with: body)) as? [[String: Any]] ?? []
    }

    /// What a problem says of its kind.
    var code: String? { object["code"] as? String }

    /// The numbers of a list of jobs.
    var numbers: [Int] { list.compactMap { $0["job"] as? Int } }

    /// The address of the next page.
    var next: String? {
        guard let link = field("Link"), link.hasSuffix("; rel=\"next\"") else { return nil }
        return link.split(separator: ">").first.map { String($0.dropFirst()) }
    }

    /// The head, and what comes after it.
    static func head(of bytes: Data) -> (text: String, rest: Data)? {
        guard let end = bytes.range(of: Data("\r\n\r\n".utf8)) else { return nil }
        let head = String(decoding: bytes[..<end.lowerBound], as: UTF8.self)
        return (head, Data(bytes[end.upperBound...]))
    }

    /// The content of chunks, and whether the last one is there (RFC 9112, section 7.1).
    static func joined(_ bytes: Data) -> (content: Data, isWhole: Bool) {
        var content = Data()
        var rest = bytes[...]
        while let line = rest.range(of: Data("\r\n".utf8)) {
            let text = String(decoding: rest[..<line.lowerBound], as: UTF8.self)
            guard let size = Int(text, radix: 16) else { break }
            if size == 0 { return (content, true) }
            let part = rest[line.upperBound...]
            content.append(part.prefix(size))
            guard part.count >= size + 2 else { break }
            rest = part.dropFirst(size + 2)
        }
        return (content, false)
    }
}

/// A message of Server-Sent Events.
struct DaemonEvent: Sendable, Hashable {
    let id: String?
    let name: String
    let data: String

    /// The number of a recorded event.
    var number: Int? { id.flatMap { Int($0) } }

    /// The messages in an answer that has not ended, whole ones only; comments and times to wait are left out.
    static func all(in answer: Data) -> [DaemonEvent] {
        guard let (_, rest) = DaemonAnswer.head(of: answer) else { return [] }
        let text = String(decoding: DaemonAnswer.joined(rest).content, as: UTF8.self)
        return text.components(separatedBy: "\n\n").dropLast().compactMap { message in
            var values: [String: String] = [:]
            for line in message.components(separatedBy: "\n") {
                guard let colon = line.range(of: ": ") else { continue }
                values[String(line[..<colon.lowerBound])] = String(line[colon.upperBound...])
            }
            guard let name = values["event"], let data = values["data"] else { return nil }
            return DaemonEvent(id: values["id"], name: name, data: data)
        }
    }
}
