import ADMModel
import ADMScheduling
import Foundation
import Synchronization

/// The workspaces that a process has open: each once, while somebody uses it or a job of it runs here.
///
/// Each is kept open by a child task of ``serving(_:)``. One that nobody uses is closed half a second later, so
/// that those who use it again and again find it open, and others can rename and remove it.
actor OpenWorkspaces {
    /// How long a workspace stays open that nobody uses.
    static let linger = Duration.milliseconds(500)

    private enum State {
        /// Somebody wants it.
        case wanted
        case opening
        case open(OpenWorkspace)
        case closing
    }

    /// Why a workspace is closed.
    private enum Reason: Sendable {
        case isIdle
        case hasEnded
        case hasFailed(any Error)
    }

    private let budget: Budget
    private nonisolated let limits: SharedLimits
    private let requests: AsyncStream<WorkspaceConfiguration>
    private let request: AsyncStream<WorkspaceConfiguration>.Continuation
    private let releases: AsyncStream<Void>
    private let release: AsyncStream<Void>.Continuation
    private var states: [UUID: State] = [:]
    private var waiters: [UUID: [CheckedContinuation<Void, any Error>]] = [:]
    private var closers: [UUID: CheckedContinuation<Reason, Never>] = [:]
    private var ending: Reason?
    private var problem: (any Error)?

    init(_ budget: Budget, limits: SharedLimits) {
        self.budget = budget
        self.limits = limits
        (requests, request) = AsyncStream.makeStream(of: WorkspaceConfiguration.self)
        (releases, release) = AsyncStream.makeStream(
            of: Void.self,
            bufferingPolicy: .bufferingNewest(1)
        )
    }

    /// Keeps workspaces open that `body` asks for, and closes all of them when it has ended.
    ///
    /// - Throws: What `body` throws; ``Failure`` if a workspace could not be closed in order.
    nonisolated func serving<Result: Sendable>(
        _ body: () async throws -> Result
    ) async throws -> Result {
        try await withThrowingTaskGroup(of: Void.self) { idling in
            idling.addTask { await self.closeIdleOnes() }
            defer { idling.cancelAll() }
            return try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { await self.keepOpen() }
                let result: Result
                do { result = try await body() } catch {
                    await end(.hasFailed(error))
                    try? await group.waitForAll()
                    throw error
                }
                await end(.hasEnded)
                try await group.waitForAll()
                if let problem = await problem { throw problem }
                return result
            }
        }
    }

    /// The workspace, opened if it is not; whoever asks counts as one who uses it.
    ///
    /// - Throws: ``Failure`` as ``OpenWorkspace/run(_:budget:released:body:)`` does; `CancellationError` if the
    ///   process is ending.
    func acquire(_ configuration: WorkspaceConfiguration) async throws -> OpenWorkspace {
        let id = configuration.selection.identity
        while true {
            if case .open(let workspace) = states[id], ending == nil {
                workspace.retain()
                return workspace
            }
            guard ending == nil else { throw CancellationError() }
            if states[id] == nil {
                states[id] = .wanted
                request.yield(configuration)
            }
            try await withCheckedThrowingContinuation { waiters[id, default: []].append($0) }
        }
    }

    // MARK: - Opening

    private func keepOpen() async {
        await withDiscardingTaskGroup { group in
            for await configuration in requests {
                group.addTask { await self.keepOpen(configuration) }
            }
            // After cancellation nobody opens what was asked for last.
            refuseFurther()
        }
    }

    private func keepOpen(_ configuration: WorkspaceConfiguration) async {
        let id = configuration.selection.identity
        states[id] = .opening
        let budget = budget
        let release = release
        do {
            try await OpenWorkspace.run(configuration, budget: budget) {
                release.yield()
            } body: { workspace in
                await self.opened(workspace, id)
                switch await self.closing(id) {
                case .isIdle: break
                case .hasEnded: return
                case .hasFailed(let error): throw error
                }
            }
            if ending == nil { await budget.withdraw(configuration.selection.identifier) }
            closed(id, nil)
        } catch {
            closed(id, error)
        }
    }

    private func opened(_ workspace: OpenWorkspace, _ id: UUID) {
        states[id] = .open(workspace)
        limits.set(workspace.configuration.settings.maxConcurrent, of: id)
        wake(id, nil)
    }

    /// Waits until the workspace is to be closed, whether or not the task is cancelled: what uses it ends first.
    private func closing(_ id: UUID) async -> Reason {
        if let ending { return ending }
        return await withCheckedContinuation { closers[id] = $0 }
    }

    private func closed(_ id: UUID, _ error: (any Error)?) {
        let wasOpen = if case .opening = states[id] { false } else { true }
        states[id] = nil
        limits.set(nil, of: id)
        if wasOpen, problem == nil { problem = error }
        wake(id, wasOpen ? nil : error)
    }

    private func wake(_ id: UUID, _ error: (any Error)?) {
        for waiter in waiters.removeValue(forKey: id) ?? [] {
            if let error { waiter.resume(throwing: error) } else { waiter.resume() }
        }
    }

    // MARK: - Closing

    private func closeIdleOnes() async {
        for await _ in releases {
            repeat {
                try? await Task.sleep(for: OpenWorkspaces.linger)
                guard !Task.isCancelled else { return }
            } while await closeIdle()
        }
    }

    /// Closes what nobody uses; true if a job runs in one of them, so that it has to be looked at again.
    private func closeIdle() async -> Bool {
        var isAnyBusy = false
        for (id, state) in states {
            guard case .open(let workspace) = state, !workspace.isUsed else { continue }
            guard await workspace.scheduler.isIdle else {
                isAnyBusy = true
                continue
            }
            // Somebody may have taken it while that was asked.
            guard case .open = states[id], !workspace.isUsed else { continue }
            close(id, .isIdle)
        }
        return isAnyBusy
    }

    private func close(_ id: UUID, _ reason: Reason) {
        guard let closer = closers.removeValue(forKey: id) else { return }
        states[id] = .closing
        closer.resume(returning: reason)
    }

    private func end(_ reason: Reason) {
        ending = reason
        for id in Array(closers.keys) { close(id, reason) }
        refuseFurther()
        request.finish()
        release.finish()
    }

    private func refuseFurther() {
        if ending == nil { ending = .hasEnded }
        for (id, state) in states {
            guard case .wanted = state else { continue }
            states[id] = nil
            wake(id, CancellationError())
        }
    }
}

/// How many jobs each open workspace may run at once, for the capacity of the process.
final class SharedLimits: Sendable {
    private let limits = Mutex<[UUID: Int]>([:])

    /// Notes the limit of a workspace; nil if it is closed.
    func set(_ limit: Int?, of workspace: UUID) { limits.withLock { $0[workspace] = limit } }

    /// The limits of the open workspaces.
    var all: [Int] { limits.withLock { Array($0.values) } }
}
