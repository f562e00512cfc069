import ADMDisk
import ADMMetalink
import ADMModel
import Foundation

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
        let base = try SourceURL("https://example.org/dir/x.meta4")
        guard let metalink = try? Metalink(parsing: bytes, named: "x", foundAt: base) else {
            return
        }
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
    FuzzTarget("checksum-list") { bytes in
        let name = String(decoding: bytes.prefix { $0 != 0x0A }, as: UTF8.self)
        let content = Array(bytes.drop { $0 != 0x0A }.dropFirst())
        let url = try SourceURL("https://example.org/dir/")
        guard let place = FilePlace(url, named: name) else { return }
        let list = ChecksumList(content)
        let lists = [try SourceURL("https://example.org/dir/SUMS"), url]
        guard case .digest(let found) = list.search(place, lists: lists) else { return }
        try promise(found.bytes.count, is: found.algorithm.byteCount, "\(found)")
        // Never a digest whose digits do not stand there, one after another.
        let text = String(decoding: content.filter { $0 > 0x20 && $0 < 0x7F }, as: UTF8.self)
        let base64 = Data(found.bytes).base64EncodedString()
        try promise(
            text.lowercased().contains(found.hex)
                || text.contains(base64.prefix { $0 != "=" }.dropLast()),
            "\(found) is not in the list"
        )
        let only = list.search(place, lists: lists, only: found.algorithm)
        try promise(only, is: .digest(found), "\(found) alone")
    },
]
