import ADMDisk
package import ADMModel
import ADMSystem
import Foundation

/// A checksum list, such as `SHA256SUMS`, in which the digest of a file is looked up.
package struct ChecksumLookup: Sendable {
    /// The longest list that is read, in bytes.
    private static let limit = 4_194_304

    private let list: ChecksumList
    /// Where it was asked for and where it was found; none for a file of this machine.
    private let urls: [SourceURL]
    /// What it is called in messages.
    private let name: String
    private let algorithm: DigestAlgorithm?

    /// Fetches a list; digests of another algorithm than `algorithm` do not count, if one is given.
    ///
    /// - Throws: ``Failure`` of the network; `CancellationError`.
    package static func fetch(
        _ url: SourceURL,
        only algorithm: DigestAlgorithm?,
        exchange: Exchange
    ) async throws -> ChecksumLookup {
        let document = try await SmallDocument.fetch(
            url,
            named: "the checksum list",
            limit: limit,
            exchange: exchange
        )
        let urls = document.url == url ? [url] : [url, document.url]
        let named = urls.map(\.lastSegment).first { DigestLabel(ofListNamed: $0) != nil }
        return ChecksumLookup(
            list: ChecksumList(document.bytes, named: named ?? ""),
            urls: urls,
            name: url.redacted,
            algorithm: algorithm
        )
    }

    /// Reads a list from a file; the rest is as with ``fetch(_:only:exchange:)``.
    ///
    /// - Throws: ``Failure`` with `storage` if it cannot be read or is too long.
    package static func read(
        _ path: String,
        only algorithm: DigestAlgorithm?
    ) async throws -> ChecksumLookup {
        let bytes = try await Blocking.run { () throws(Failure) -> [UInt8] in
            do {
                let file = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
                return Array(try file.read(upToCount: limit + 1) ?? Data())
            } catch {
                throw Failure(
                    .storage,
                    "the checksum list \(path) cannot be read",
                    hint: "it is needed until the file is fetched: put it back, or cancel the job",
                    cause: error.localizedDescription
                )
            }
        }
        guard bytes.count <= limit else {
            throw Failure(
                .storage,
                "the checksum list \(path) is longer than \(ByteCount(Int64(limit)))"
            )
        }
        let name = path.split(separator: "/").last.map(String.init) ?? path
        return ChecksumLookup(
            list: ChecksumList(bytes, named: name),
            urls: [],
            name: path,
            algorithm: algorithm
        )
    }

    /// The digest of a file under the name in its URL; nil if the list does not know it.
    package func checksum(for request: JobRequest) -> Checksum? {
        guard let place = FilePlace(request.url), case .digest(let checksum) = answer(place) else {
            return nil
        }
        return checksum
    }

    /// The digest of a file under the first name that the list knows: that in its URL, those of redirects, the
    /// one that the server gives it, the one that it is to get.
    ///
    /// - Throws: ``Failure`` with `integrity` if there is none, or if it is not certain which is meant.
    package func checksum(
        for request: JobRequest,
        _ identity: RemoteFile
    ) throws(Failure) -> Checksum {
        var named = ([request.url] + identity.hops + [identity.url]).map { FilePlace($0) }
        named.append(identity.offeredName.flatMap { FilePlace(identity.url, named: $0) })
        named.append(request.fileName.flatMap { FilePlace(request.url, named: $0) })
        var places: [FilePlace] = []
        for case let place? in named where !places.contains(place) { places.append(place) }
        var answers: [ChecksumList.Answer] = []
        for place in places {
            let answer = self.answer(place)
            if case .digest(let checksum) = answer { return checksum }
            answers.append(answer)
        }
        var names: [String] = []
        for place in places where !names.contains(place.name) { names.append(place.name) }
        let file = names.isEmpty ? request.url.redacted : names.joined(separator: ", ")
        throw refusal(of: file, answers)
    }

    private func answer(_ place: FilePlace) -> ChecksumList.Answer {
        list.search(place, lists: urls, only: algorithm)
    }

    /// Why no digest was taken: the answer that says most.
    private func refusal(of file: String, _ answers: [ChecksumList.Answer]) -> Failure {
        let which = "give the digest itself: --hash sha256:HEX"
        for case .ambiguous(let paths) in answers {
            return Failure(
                .integrity,
                "it is not certain which digest in \(name) is that of \(file)",
                hint: which,
                cause: paths.isEmpty
                    ? "there are several digests without a name"
                    : "it names \(paths.joined(separator: ", "))"
            )
        }
        for case .foreign(let algorithms) in answers {
            return Failure(
                .integrity,
                "\(name) has only \(algorithms.joined(separator: " and ")) digests for \(file)",
                hint: "adm computes sha512, sha256, sha1 and md5; \(which)"
            )
        }
        for case .elsewhere(let paths) in answers {
            return Failure(
                .integrity,
                "\(name) has no digest for \(file) in this directory",
                hint: "the file was not kept; check the list, or \(which)",
                cause: "it names \(paths.joined(separator: ", "))"
            )
        }
        return Failure(
            .integrity,
            "\(name) has no \(algorithm.map { $0.rawValue + " " } ?? "")digest for \(file)",
            hint: "the file was not kept; check the list, or \(which)"
        )
    }
}
