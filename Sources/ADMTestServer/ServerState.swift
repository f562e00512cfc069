import Foundation
import NIOCore

/// What the connections of a ``TestServer`` share.
struct ServerState: Sendable {
    var files: [String: ServedFile] = [:]
    private(set) var log = ServerLog()
    private(set) var channels: [Int: any Channel] = [:]
    /// The channels of answers that have fallen silent, by request.
    private var stalled: [Int: any Channel] = [:]
    private var tokens: [Int: String] = [:]

    mutating func opened(_ channel: any Channel) -> Int {
        let connection = log.connectionOpened()
        channels[connection] = channel
        return connection
    }

    mutating func closed(_ connection: Int) {
        guard channels.removeValue(forKey: connection) != nil else { return }
        log.connectionClosed()
    }

    /// Decides and records the answer to a request that has arrived.
    mutating func begin(
        _ request: ServerRequest,
        connection: Int,
        remotePort: Int
    ) -> (id: Int, plan: ResponsePlan) {
        let now = Date()
        let plan =
            files[request.path]?.answer(request, now: now) ?? ServerState.unknownFile(request, now)
        let id = log.requests.count
        var record = RequestRecord(
            id: id,
            connection: connection,
            remotePort: remotePort,
            method: request.method,
            target: request.target,
            path: request.path,
            headers: request.headers,
            startedAt: .now
        )
        record.status = plan.status
        record.askedRange = plan.askedRange
        record.start = plan.start
        log.began(record)
        if plan.start != nil { files[request.path]?.running += 1 }
        tokens[id] = plan.token
        return (id, plan)
    }

    mutating func answered(_ id: Int) { log.answered(id, at: .now) }

    mutating func wrote(_ id: Int, bytes: Int) {
        log.wrote(id, bytes: bytes)
        guard let token = tokens[id] else { return }
        files[log.requests[id].path]?.count(bytes: bytes, of: token)
    }

    mutating func stall(_ id: Int, _ channel: any Channel) {
        stalled[id] = channel
        log.stall(id, true)
    }

    /// Takes the silent answers of a path, or all of them.
    mutating func release(path: String?) -> [any Channel] {
        let ids = stalled.keys.filter { path == nil || log.requests[$0].path == path }
        for id in ids { log.stall(id, false) }
        return ids.compactMap { stalled.removeValue(forKey: $0) }
    }

    mutating func ended(_ id: Int, _ ending: RequestRecord.Ending) {
        stalled[id] = nil
        tokens[id] = nil
        log.ended(id, ending, at: .now)
        let record = log.requests[id]
        if record.start != nil { files[record.path]?.running -= 1 }
    }

    private static func unknownFile(_ request: ServerRequest, _ now: Date) -> ResponsePlan {
        let nothing = ServedFile(TestFile(request.path, length: 0))
        return nothing.statusPlan(404, for: request, now: now)
    }
}
