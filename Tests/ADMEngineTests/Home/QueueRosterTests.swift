import ADMModel
import Foundation
import Testing

@testable import ADMEngine

/// What a process that runs all queues looks at, and what it runs.
@Suite struct QueueRosterTests {
    private static let start = Date(timeIntervalSince1970: 1_800_000_000)

    private func workspace(
        _ name: String,
        _ identity: UUID,
        mark: Int64 = 0,
        profile: Int64 = 0
    ) throws -> QueueRoster.Present {
        QueueRoster.Present(
            identity: identity,
            name: try WorkspaceName(name),
            stamp: WorkspaceStamp(marks: [mark], profile: [profile])
        )
    }

    @Test func `a new workspace is looked at, and an idle one again only if its files change`()
        throws
    {
        let roster = Watched()
        let a = UUID()
        let work = try workspace("work", a)
        #expect(roster.update([work]) == [work])
        #expect(!roster.saw(.init(), in: a))
        #expect(roster.update([work]) == [])
        let changed = try workspace("work", a, mark: 1)
        let b = try workspace("new", UUID())
        #expect(roster.update([changed, b]) == [changed, b])
    }

    @Test
    func `one whose files changed is looked at a few times more, because commits are seen late`()
        throws
    {
        let roster = Watched()
        let a = UUID()
        let start = ContinuousClock.now
        func looks(_ mark: Int64, from begin: Duration, to end: Duration) throws -> Int {
            let work = try workspace("work", a, mark: mark)
            var count = 0
            var time = begin
            while time < end {
                count += roster.update([work], start + time).count
                _ = roster.saw(.init(), in: a)
                time += .milliseconds(20)
            }
            return count
        }
        #expect(try looks(0, from: .zero, to: .milliseconds(40)) == 1)
        #expect(try looks(0, from: .milliseconds(40), to: .seconds(1)) == 2)
        #expect(try looks(0, from: .seconds(1), to: .seconds(60)) == 2)
        #expect(try looks(1, from: .seconds(60), to: .seconds(61)) == 3)
        // A pass that comes late looks once.
        #expect(try looks(1, from: .seconds(90), to: .seconds(91)) == 1)
    }

    @Test func `work is run once at a time, and looked for again when it has ended`() throws {
        let roster = Watched()
        let a = UUID()
        let work = try workspace("work", a)
        _ = roster.update([work])
        #expect(roster.saw(.init(hasWork: true), in: a))
        #expect(roster.isBusy)
        #expect(!roster.saw(.init(hasWork: true), in: a))
        #expect(roster.update([try workspace("work", a, mark: 1)]) == [])
        roster.ended(a, left: nil)
        #expect(!roster.isBusy)
        let now = try workspace("work", a, mark: 1)
        #expect(roster.update([now]) == [now])
    }

    @Test func `a new name is the same workspace, and a removed one is left`() throws {
        let roster = Watched()
        let a = UUID()
        _ = roster.update([try workspace("work", a)])
        _ = roster.saw(.init(), in: a)
        #expect(roster.update([try workspace("acme", a)]) == [])
        #expect(roster.identities == [a])
        #expect(roster.update([]) == [])
        #expect(roster.identities.isEmpty)
    }

    @Test func `one that is removed while it runs stays until its end`() throws {
        let roster = Watched()
        let a = UUID()
        _ = roster.update([try workspace("work", a)])
        _ = roster.saw(.init(hasWork: true), in: a)
        _ = roster.update([])
        #expect(roster.isBusy)
        roster.ended(a, left: nil)
        _ = roster.update([])
        #expect(roster.identities.isEmpty)
    }

    @Test func `a scheduled job is run when its time has come`() throws {
        let roster = Watched()
        let a = UUID()
        let work = try workspace("work", a)
        let due = Self.start.addingTimeInterval(60)
        _ = roster.update([work], at: Self.start)
        #expect(!roster.saw(.init(nextDue: due), in: a, at: Self.start))
        #expect(roster.update([work], at: Self.start.addingTimeInterval(59)) == [])
        #expect(roster.update([work], at: due) == [work])
        #expect(roster.saw(.init(nextDue: due), in: a, at: due))
    }

    @Test(arguments: [
        QueueRoster.Sight(hasExecutors: true), .init(hasDeadOwners: true),
        .init(hasWork: true, isPaused: true),
    ])
    func `what no file tells of is looked at with every pass`(sight: QueueRoster.Sight) throws {
        let roster = Watched()
        let a = UUID()
        let work = try workspace("work", a)
        _ = roster.update([work])
        if roster.saw(sight, in: a) { roster.ended(a, left: nil) }
        for _ in 0..<3 { #expect(roster.update([work]) == [work]) }
    }

    @Test func `a paused workspace is not run`() throws {
        let roster = Watched()
        let a = UUID()
        _ = roster.update([try workspace("work", a)])
        #expect(!roster.saw(.init(hasWork: true, isPaused: true), in: a))
        #expect(roster.saw(.init(hasWork: true), in: a))
    }

    @Test func `jobs of dead processes that cannot be taken over are left alone for a while`()
        throws
    {
        let roster = Watched()
        let a = UUID()
        let beginning = ContinuousClock.now
        _ = roster.update([try workspace("work", a)])
        var runs = 0
        for pass in 0..<100 {
            let instant = beginning.advanced(by: .milliseconds(100 * pass))
            guard roster.saw(.init(hasDeadOwners: true), in: a, instant) else { continue }
            runs += 1
            roster.ended(a, left: nil)
        }
        #expect(runs == 5)
    }

    @Test func `one that failed is tried again once its profile changes, or after a rest`() throws {
        let roster = Watched()
        let a = UUID()
        let start = ContinuousClock.now
        let work = try workspace("work", a)
        _ = roster.update([work], start)
        roster.failed(a, stamp: work.stamp, at: start)
        for _ in 0..<3 { #expect(roster.update([work], start) == []) }
        // Closing it changes the files of its database.
        let closed = try workspace("work", a, mark: 7)
        #expect(roster.update([closed], start + .seconds(2)) == [])
        let mended = try workspace("work", a, mark: 7, profile: 8)
        #expect(roster.update([mended], start + .seconds(3)) == [mended])
        roster.failed(a, stamp: mended.stamp, at: start + .seconds(4))
        #expect(roster.update([mended], start + .seconds(33)) == [])
        #expect(roster.update([mended], start + .seconds(34)) == [mended])
    }

    @Test func `as many jobs of each are run as may be`() throws {
        let roster = Watched(maxJobs: 3)
        let (a, b) = (UUID(), UUID())
        let present = [try workspace("a", a), try workspace("b", b)]
        _ = roster.update(present)
        #expect(!roster.hasDoneAll)
        #expect(roster.left(a) == 3)
        #expect(roster.saw(.init(hasWork: true), in: a))
        roster.ended(a, left: 0)
        #expect(roster.update(present) == [])
        #expect(!roster.hasDoneAll)
        #expect(roster.saw(.init(hasWork: true), in: b))
        roster.ended(b, left: 0)
        #expect(roster.hasDoneAll)
    }
}

/// A roster that can be asked within an expectation.
private final class Watched {
    /// When everything happens that says no other time.
    private static let start = ContinuousClock.now
    private var roster: QueueRoster

    init(maxJobs: Int? = nil) { roster = QueueRoster(maxJobs: maxJobs) }

    var isBusy: Bool { roster.isBusy }
    var hasDoneAll: Bool { roster.hasDoneAll }
    var identities: Set<UUID> { roster.identities }

    func left(_ identity: UUID) -> Int? { roster.left(identity) }

    func update(
        _ present: [QueueRoster.Present],
        _ instant: ContinuousClock.Instant = Watched.start,
        at now: Date = Date(timeIntervalSince1970: 1_800_000_000)
    ) -> [QueueRoster.Present] {
        roster.update(present, at: now, instant)
    }

    func saw(
        _ sight: QueueRoster.Sight,
        in identity: UUID,
        at now: Date = Date(timeIntervalSince1970: 1_800_000_000),
        _ instant: ContinuousClock.Instant = Watched.start
    ) -> Bool {
        roster.saw(sight, in: identity, at: now, instant)
    }

    func ended(_ identity: UUID, left: Int?) { roster.ended(identity, left: left) }

    func failed(_ identity: UUID, stamp: WorkspaceStamp?, at instant: ContinuousClock.Instant) {
        roster.failed(identity, stamp: stamp, at: instant)
    }
}
