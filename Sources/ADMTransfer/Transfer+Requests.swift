import ADMDisk
import ADMModel
import ADMSystem

/// The requests of a transfer: sending them, and doing what is decided about them.
extension Transfer {
    /// Sends the further requests that are wanted now.
    func addConnections(to group: inout ThrowingTaskGroup<Step, any Error>) {
        guard part != nil else { return }
        look()
        for request in course.furtherRequests() { send(request, in: &group) }
    }

    /// Sends a request and waits for its end in a task of the group.
    func send(
        _ request: TransferRun.Request,
        in group: inout ThrowingTaskGroup<Step, any Error>
    ) {
        var connection = Connection()
        switch request.role {
        case .first: break
        case .part(let range, _), .mirror(let range):
            connection.range = part.map { OpenRange(range, in: $0) }
        }
        connections[request.number] = connection
        group.addTask { [handle = connection.handle] in
            do {
                try await self.follow(request, handle)
                return .ended(request.number, .success(()))
            } catch { return .ended(request.number, .failure(error)) }
        }
    }

    private nonisolated func follow(
        _ request: TransferRun.Request,
        _ handle: ConnectionHandle
    ) async throws {
        do {
            try await exchange.follow(
                request.url,
                trusted: request.trusted,
                query: request.query,
                handle: handle
            ) { try await self.judge($0, url: $1, request) }
        } catch let failure as Failure {
            // A signed link may have expired: then the original URL gives a new one.
            guard case .part(_, let original) = request.role, failure.mayBeExpired,
                request.url != original
            else { throw failure }
            try await exchange.follow(
                original,
                trusted: plan.url.origin,
                query: request.query,
                handle: handle
            ) { facts, url in
                let sink = try await self.judge(facts, url: url, request)
                await self.moved(to: url, isTrusted: facts.isTrusted)
                return sink
            }
        }
    }

    private func moved(to url: SourceURL, isTrusted: Bool) {
        course.moved(to: url, isTrusted: isTrusted)
    }

    /// Judges an answer and says where its body goes.
    private func judge(
        _ facts: ResponseFacts,
        url: SourceURL,
        _ request: TransferRun.Request
    ) async throws -> BodySink {
        let number = request.number
        switch request.role {
        case .first: return try await open(facts, url: url, number)
        case .part(let range, _):
            look()
            try await perform(course.partAnswer(facts, url: url, range: range, number))
        case .mirror(let range):
            look()
            try await perform(course.mirrorAnswer(facts, url: url, range: range, number))
        }
        return try sink(of: number)
    }

    /// Judges the first answer and opens the part file for it.
    private func open(
        _ facts: ResponseFacts,
        url: SourceURL,
        _ number: Int
    ) async throws
        -> BodySink
    {
        let file = try course.firstAnswer(facts, url: url)
        // The bytes that a digest was made of go with it.
        if !file.continues { following = nil }
        let part = try await steps.identify(file)
        // The request may have ended in the meantime, and another have begun.
        look()
        let actions = try course.opened(number, at: clock.now, processorTime: ProcessorTime.used)
        self.part = part
        follow(part)
        await perform(actions)
        addConnectionsSoon()
        let total = course.state.total
        monitor.update {
            $0.bytesTotal = total
            $0.phase = .downloading
        }
        return try sink(of: number)
    }

    /// The range that a connection fills.
    private func sink(of number: Int) throws -> BodySink {
        guard let range = connections[number]?.range else { throw CancellationError() }
        return .fill(range)
    }

    /// Takes how far the connections are, so that decisions are made on it.
    func look() {
        let now = clock.now
        course.isLimited = plan.limits.contains { $0.bytesPerSecond > 0 }
        course.allow(plan.allowance.count)
        course.see(
            connections.map { number, connection in
                OpenConnections.Sighting(
                    number: number,
                    next: connection.range?.progress.next,
                    answeredAfter: connection.handle.answeredAfter,
                    silence: connection.handle.silence(at: now)
                )
            }
        )
    }

    /// Does what was decided.
    func perform(_ actions: [TransferRun.Action]) async {
        for action in actions {
            switch action {
            case .fill(let number, let range):
                connections[number]?.range = part.map { OpenRange(range, in: $0) }
            case .cut(let number, let end): connections[number]?.range?.cut(at: end)
            case .extend(let number): connections[number]?.range?.extend()
            case .end(let number, let error): connections[number]?.handle.fail(error)
            case .limit(let host, let count): await steps.objected(host, count)
            }
        }
    }
}
