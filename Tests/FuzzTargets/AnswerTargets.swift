import ADMDisk
import ADMModel
import Foundation
import NIOCore
import NIOHTTP1

@testable import ADMTransfer

/// A server's answer: as bytes, as a head, and the waits and ranges that follow from it.
let answerTargets = [
    FuzzTarget("answer") { bytes in
        let whole = read(bytes, step: bytes.count)
        try promise(whole.body.count <= bytes.count, "\(whole.body.count) bytes of \(bytes.count)")
        for head in whole.heads {
            let lengths = head.headers["content-length"]
            try promise(lengths.count <= 1, "the lengths are \(lengths)")
            let length = lengths.first.map { Int64($0) ?? -1 }
            try promise(length ?? 0 >= 0, "the length is \(lengths)")
            for field in head.headers {
                try promise(
                    !field.value.unicodeScalars.contains { $0 == "\0" || $0 == "\n" },
                    "the field \(field.name) breaks its line"
                )
            }
        }
        // How bytes arrive changes nothing.
        for step in [1, 7] {
            let pieces = read(bytes, step: step)
            try promise(pieces == whole, "in pieces of \(step): \(pieces), whole: \(whole)")
        }
    },
    FuzzTarget(text: "retry-after") { text in
        let facts = facts(503, [("Retry-After", text)])
        guard let seconds = facts.retryAfter else { return }
        try promise((0...86_400).contains(seconds), "the wait is \(seconds) s")
    },
    FuzzTarget(text: "response-head") { text in
        let (first, rest) = text.firstLineAndRest
        let fields = rest.split(separator: "\n").compactMap { line -> (String, String)? in
            guard let colon = line.firstIndex(of: ":") else { return nil }
            let value = line[line.index(after: colon)...].trimmingCharacters(in: .whitespaces)
            return (String(line[..<colon]), value)
        }
        for status in [200, 206, 416, Int(UInt16(first.prefix(3)) ?? 0)] {
            let facts = facts(status, fields)
            if let length = facts.contentLength { try promise(length >= 0, "length \(length)") }
            if let wait = facts.retryAfter {
                try promise((0...86_400).contains(wait), "the wait is \(wait) s")
            }
            try judge(facts)
        }
    },
]

/// What was read of an answer.
private struct Reading: Equatable {
    var heads: [HTTPResponseHead] = []
    var body: [UInt8] = []
    var problem: AnswerProblem?
}

/// Reads one answer that arrives in pieces of this many bytes, and then the end of the connection.
private func read(_ bytes: [UInt8], step: Int) -> Reading {
    var parser = AnswerParser()
    var reading = Reading()
    var held = ByteBuffer()
    var rest = bytes[...]
    do {
        while true {
            guard let event = try parser.next(&held) else {
                guard !rest.isEmpty else {
                    _ = try parser.endOfInput()
                    return reading
                }
                held.writeBytes(rest.prefix(step))
                rest = rest.dropFirst(step)
                continue
            }
            switch event {
            case .head(let head): reading.heads.append(head)
            case .body(let part): reading.body += part.readableBytesView
            case .end: return reading
            }
        }
    } catch {
        reading.problem = error
        return reading
    }
}

private func facts(_ status: Int, _ fields: [(String, String)]) -> ResponseFacts {
    let head = HTTPResponseHead(
        version: .http1_1,
        status: .init(statusCode: status),
        headers: HTTPHeaders(fields)
    )
    return ResponseFacts(head, now: Date(timeIntervalSince1970: 1_790_000_000))
}

/// Asks what is to be done with an answer, for each thing that may have been known before.
private func judge(_ facts: ResponseFacts) throws(BrokenPromise) {
    let earlier: [Validators?] = [
        nil, Validators(entityTag: "\"a\"", length: 1000),
        Validators(lastModified: "Sun, 06 Nov 1994 08:49:37 GMT", lastModifiedIsStrong: true),
    ]
    for known in earlier {
        // The first request for a file asks from its beginning.
        for asked in known == nil ? [nil, 0] : [nil, 0, 100, Int64.max] as [Int64?] {
            for trusted in [false, true] {
                let answer = RangeAnswer.judge(facts, asked: asked, known: known, trusted: trusted)
                guard case .fits(let start, let total, let ranges) = answer else { continue }
                let end = total ?? .max
                try promise(start >= 0 && start <= end, "byte \(start) of \(end)")
                try promise(start == asked ?? 0, "byte \(start) fits where \(asked ?? 0) was meant")
                if facts.status == 200 {
                    try promise(start == 0, "a whole file begins at \(start)")
                }
                if facts.isEncodedOnTheWay {
                    try promise(!ranges, "parts of an encoded answer are asked for")
                }
            }
        }
    }
}
