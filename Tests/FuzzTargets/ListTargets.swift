import ADMDisk
import ADMMetalink
import ADMModel

@testable import ADMSecrets

/// Files that name other files, or secrets.
let listTargets = [
    FuzzTarget(text: "netrc") { text in
        let netrc = Netrc(Array(text.utf8), path: "netrc")
        for host in ["example.org", "localhost", "login"] {
            let origin = SourceURL.Origin(scheme: "https", host: host, port: 443)
            guard let grant = try? netrc.grant(for: origin) else { continue }
            try promise(grant.credential.origin, is: origin, "the host of the login")
            // In quotes anything may stand, without them a keyword is never a value.
            guard !text.contains("\"") else { continue }
            let words = ["machine", "default", "login", "password", "account", "macdef"]
            for value in [grant.credential.user ?? "", grant.secret.text ?? ""] {
                try promise(!words.contains(value), "a value is the keyword \(value)")
                try promise(text.contains(value), "the value \(value) is not in the file")
            }
        }
    },
    FuzzTarget("metalink") { bytes in
        guard let metalink = try? Metalink(parsing: bytes, named: "x.meta4") else { return }
        try promise(!metalink.files.isEmpty, "it has no files")
        for case .success(let file) in metalink.files {
            try promise(
                !file.name.isEmpty && !file.name.utf8.contains(0x2F) && file.name != "..",
                "the name is \(file.name.debugDescription)"
            )
            try promise(!file.urls.isEmpty, "\(file.name.debugDescription) has no address")
            for url in file.urls { try expectKept(url) }
            guard let size = file.size else { continue }
            try promise(size >= 0, "the size is \(size)")
            guard let pieces = file.pieces else { continue }
            try promise(pieces.fit(length: size), "\(pieces.count) pieces of \(size) bytes")
            let last = pieces.range(of: pieces.count - 1, length: size)
            try promise(last.end == size && last.count > 0, "the last piece is \(last) of \(size)")
        }
    },
    FuzzTarget(text: "checksum-list") { text in
        let (name, list) = text.firstLineAndRest
        guard let found = ChecksumList.find(fileName: name, in: list) else { return }
        try promise(found.bytes.count, is: found.algorithm.byteCount, "\(found)")
        // Never a digest that was put together from different lines.
        let lines = list.utf8.split(separator: 0x0A).map { line in
            String(decoding: line.filter { $0 > 0x20 }, as: UTF8.self).lowercased()
        }
        try promise(lines.contains { $0.contains(found.hex) }, "\(found) is not in the list")
    },
]
