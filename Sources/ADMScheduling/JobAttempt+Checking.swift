import ADMCatalog
import ADMModel
import ADMTransfer
import Foundation

/// What follows the last byte: the check of digests, and what is done about wrong bytes.
extension JobAttempt {
    /// What a check of a whole file came to.
    enum Check {
        /// It is right, as far as anybody named a digest.
        case right(Verification?)
        /// Some pieces are wrong.
        case wrong(WrongPieces)
    }

    /// Pieces that are not what was promised.
    struct WrongPieces {
        /// Which ones, in order.
        let pieces: [Int]
        /// The bytes of the others.
        let right: SegmentMap
        let length: Int64
    }

    /// Checks the length, then the digest of the whole file or, where it is wrong or nobody named one,
    /// those of its pieces.
    func check(_ receipt: TransferReceipt) async throws -> Check {
        if let size = claim.job.request.size, size != receipt.length {
            throw try await reject(
                receipt,
                Failure(
                    .integrity,
                    "the file has \(receipt.length) bytes and not \(size)",
                    hint: "the bytes are not what was promised; they were not kept"
                )
            )
        }
        let offered =
            claim.pieces == nil
            ? receipt.digests.first.map { Verification(checksum: $0, source: .server) } : nil
        let wanted = expected ?? offered
        guard let algorithm = wanted?.checksum.algorithm ?? claim.pieces?.algorithm else {
            return .right(nil)
        }
        try await destination.sync(receipt.part)
        try await checkpoint(SegmentMap([ByteRange(0, receipt.length)]))
        resources.monitor.update { $0.phase = .verifying }
        await resources.publish(
            try await resources.catalog.recorder.validating(claim, algorithm: algorithm) ?? []
        )
        if let wrong = try await suspected(receipt) { return .wrong(wrong) }
        guard let wanted else { return try await checkPieces(receipt, nil) }
        do {
            try await destination.verify(
                receipt.part,
                length: receipt.length,
                digest: receipt.digest,
                against: wanted.checksum,
                named: wanted.source
            )
        } catch let failure as Failure where failure.code == .integrity {
            return try await checkPieces(receipt, failure)
        }
        return .right(wanted)
    }

    /// Checks the pieces; `whole` is what was found wrong with the whole file, if that was checked.
    private func checkPieces(
        _ receipt: TransferReceipt,
        _ whole: Failure?
    ) async throws -> Check {
        guard let pieces = claim.pieces, pieces.fit(length: receipt.length) else {
            throw try await reject(
                receipt,
                whole
                    ?? Failure(
                        .integrity,
                        "\(receipt.length) bytes are not as many pieces as have digests",
                        hint: "the bytes are not what was promised; they were not kept"
                    )
            )
        }
        // After a repair the others are known to be right, unless the whole file says otherwise.
        if suspects == nil || whole != nil,
            let wrong = try await wrongPieces(receipt, pieces, only: nil)
        {
            return .wrong(wrong)
        }
        // Two promises that contradict each other: nothing is kept on the word of one.
        if let whole { throw try await reject(receipt, whole) }
        let hex = try await destination.digest(pieces.algorithm, of: receipt.part, receipt.length)
        return .right(
            Verification(checksum: try Checksum(pieces.algorithm, hex: hex), source: .pieces)
        )
    }

    /// The pieces that were fetched again and are wrong again; nil where there are none.
    private func suspected(_ receipt: TransferReceipt) async throws -> WrongPieces? {
        guard let suspects, let pieces = claim.pieces, pieces.fit(length: receipt.length) else {
            return nil
        }
        return try await wrongPieces(receipt, pieces, only: suspects)
    }

    private func wrongPieces(
        _ receipt: TransferReceipt,
        _ pieces: PieceHashes,
        only suspects: [Int]?
    ) async throws -> WrongPieces? {
        let wrong = try await destination.check(
            receipt.part,
            length: receipt.length,
            against: pieces,
            only: suspects
        )
        guard !wrong.isEmpty else { return nil }
        return WrongPieces(
            pieces: wrong,
            right: pieces.bytes(without: wrong, length: receipt.length),
            length: receipt.length
        )
    }

    /// Forgets all bytes.
    private func reject(_ receipt: TransferReceipt, _ failure: Failure) async throws -> Failure {
        _ = try await resources.catalog.recorder.restart(claim)
        try await destination.discard(receipt.part)
        part = nil
        return failure
    }

    /// Records that wrong pieces are to be fetched again.
    ///
    /// - Throws: ``Failure`` with `integrity` after the last server gave them; the right ones are kept.
    func beginRepair(of wrong: WrongPieces, isLast: Bool) async throws {
        try await checkpoint(wrong.right)
        let bytes = wrong.length - wrong.right.count
        guard !isLast else {
            let what = wrong.pieces.count == 1 ? "1 piece" : "\(wrong.pieces.count) pieces"
            throw Failure(
                .integrity,
                "\(what) (\(ByteCount(bytes))) came wrong from every server",
                hint:
                    "the rest is kept: adm queue retry \(claim.number) asks for what is wrong again"
            )
        }
        suspects = wrong.pieces
        bytesRepaired += bytes
        bytesAtStart -= bytes
        let events = try await resources.catalog.recorder.repairing(
            claim,
            pieces: wrong.pieces.count,
            bytes: bytes
        )
        guard let events else { throw ClaimLost() }
        await resources.publish(events)
    }

    /// Takes the digest that the person named, or that a list names: before the first byte is fetched.
    ///
    /// Where the list does not know the name in the URL, ``lookUp(_:)`` tries the others.
    func expect(_ session: HTTPSession, _ authorization: Authorization?) async throws {
        let request = claim.job.request
        if let checksum = request.checksum {
            expected = Verification(checksum: checksum, source: .request)
            return
        }
        guard let list = try await checksumList(session, authorization) else { return }
        if let checksum = list.checksum(for: request) {
            expected = Verification(checksum: checksum, source: .list)
        } else {
            self.list = list
        }
    }

    private func checksumList(
        _ session: HTTPSession,
        _ authorization: Authorization?
    ) async throws -> ChecksumLookup? {
        let request = claim.job.request
        if let path = request.checksumFile {
            return try await ChecksumLookup.read(path, only: request.listAlgorithm)
        }
        guard let url = request.checksumList else { return nil }
        let isOwnOrigin = url.origin == request.url.origin
        return try await ChecksumLookup.fetch(
            url,
            only: request.listAlgorithm,
            exchange: Exchange(
                session: session,
                fields: resources.fields.filter { isOwnOrigin || $0.isSafeElsewhere },
                settings: resources.settings,
                limits: [],
                authorization: authorization
            )
        )
    }

    /// Looks the file up under the names that its server gives it.
    ///
    /// - Throws: ``Failure`` with `integrity` where the list knows none of them.
    func lookUp(_ identity: RemoteFile) throws(Failure) {
        guard expected == nil, let list else { return }
        expected = Verification(
            checksum: try list.checksum(for: claim.job.request, identity),
            source: .list
        )
    }

    /// The bytes of earlier runs that are kept: all but the last one where the file is whole and only the
    /// server's answer says what it is called.
    func bytesToKeep(of length: Int64?) -> SegmentMap {
        guard list != nil, let length, length > 0, claim.segments.count == length else {
            return claim.segments
        }
        return SegmentMap([ByteRange(0, length - 1)])
    }
}
