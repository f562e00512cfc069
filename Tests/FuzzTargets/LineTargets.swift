import ADMDocuments
import ADMEngine
import ADMModel
import ArgumentParser
import Foundation

@testable import ADMCommands

/// Lines of lists and files that become requests.
let lineTargets = [
    FuzzTarget(text: "request-line") { text in
        guard let line = try? JobBody.parse(text) else { return }
        guard let url = try? SourceURL(line.url),
            let queued = try? line.apply(to: JobDraft(JobRequest(url: url)))
        else { return }
        try expectKept(queued.request)
        guard let moment = queued.runAt?.timeIntervalSince1970 else { return }
        try promise(Int64(exactly: (moment * 1000).rounded()) != nil, "it begins at \(moment)")
    },
    FuzzTarget(text: "batch-line") { text in
        let batch = try standardInput.get()
        var credentials = URLCredentials(CredentialSettings())
        let line = LineReader.Line(number: 1, text: text)
        guard let request = try? batch.request(line, &credentials) else { return }
        try expectKept(request)
    },
    FuzzTarget(text: "header-field") { text in
        guard let field = try? HeaderField(parsing: text) else { return }
        try promise(
            !field.name.isEmpty
                && field.name.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != 0x3A },
            "the name is \(field.name.debugDescription)"
        )
        try promise(
            field.value.unicodeScalars.allSatisfy {
                ($0.value >= 0x20 && $0.value != 0x7F) || $0 == "\t"
            },
            "the value breaks its line"
        )
        try promise(
            try? HeaderField(parsing: "\(field.name): \(field.value)"),
            is: field,
            "the field read again"
        )
    },
]

/// A list whose lines are given one by one; it is made once, because reading options takes long.
private let standardInput = Result {
    try Batch(path: "-", options: try DownloadOptions.parse([]), headers: [])
}

/// Sees that a request that was accepted is the same when it is read back from a database.
private func expectKept(_ request: JobRequest) throws(BrokenPromise) {
    for url in [request.url] + request.mirrors { try expectKept(url) }
    let data = try? JSONEncoder().encode(request)
    let decoded = data.flatMap { try? JSONDecoder().decode(JobRequest.self, from: $0) }
    try promise(decoded, is: request, "the request read again")
}
