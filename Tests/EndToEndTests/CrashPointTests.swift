import ADMModel
import ADMTestServer
import ADMTestSupport
import Foundation
import Testing

/// K1, D1, D2: the process dies, or the disk fails, at every call that changes something on disk.
@Suite(.enabled("strace may trace here") { await CrashRig.canTrace() })
struct CrashPointTests {
    private static let database = ["jobs.db", "jobs.db-wal", "jobs.db-journal"].map {
        ".adm/workspaces/default/\($0)"
    }

    /// All points where the process is killed.
    static let points = [
        // The workspace and the database come into being.
        CrashRig.Point(call: "mkdir", start: .nothing),
        CrashRig.Point(call: "fsync", start: .nothing),
        CrashRig.Point(call: "rename", start: .nothing),
        CrashRig.Point(call: "unlink", start: .nothing),
        CrashRig.Point(call: "ftruncate", start: .nothing),
        CrashRig.Point(call: "fdatasync", start: .nothing),
        CrashRig.Point(call: "pwrite64", start: .nothing, files: database, step: 5),
        // The file.
        CrashRig.Point(call: "mkdirat", start: .workspace),
        CrashRig.Point(call: "fallocate", start: .workspace),
        CrashRig.Point(call: "fsync", start: .workspace, files: ["downloads"]),
        CrashRig.Point(call: "fsync", start: .workspace, files: ["downloads/.adm-part"]),
        CrashRig.Point(call: "renameat2", start: .workspace),
        CrashRig.Point(call: "unlinkat", start: .workspace),
        CrashRig.Point(call: "pwrite64", start: .workspace, files: database, step: 3),
        // The rest of a file.
        CrashRig.Point(call: "fdatasync", start: .pausedJob, isPartFile: true),
        CrashRig.Point(call: "fdatasync", start: .pausedJob, files: database),
        CrashRig.Point(call: "fsync", start: .pausedJob, files: ["downloads"]),
        CrashRig.Point(call: "renameat2", start: .pausedJob),
        CrashRig.Point(call: "unlinkat", start: .pausedJob),
        CrashRig.Point(call: "unlink", start: .pausedJob),
        CrashRig.Point(call: "pwrite64", start: .pausedJob, isPartFile: true, step: 3),
        CrashRig.Point(call: "pwrite64", start: .pausedJob, files: database, step: 3),
    ]

    /// Every call by hand: `ADM_CRASH_STEP=1 swift test --filter CrashPointTests`.
    private static let step = ProcessInfo.processInfo.environment["ADM_CRASH_STEP"].flatMap(
        Int.init
    )

    @Test(.timeLimit(.minutes(10)), arguments: points)
    func `K1 killed before a call, the next command ends it well`(
        _ point: CrashRig.Point
    ) async throws {
        try await CrashRig.run(point.start) { crash in
            let step = min(Self.step ?? point.step, point.step)
            var occurrence = 1
            var kills = 0
            while true {
                let outcome = try await crash.disturb(
                    point,
                    "signal=SIGKILL",
                    at: "\(occurrence)"
                )
                guard outcome.status == 137 else {
                    #expect(outcome.status == 0, "\(outcome.errorOutput)")
                    break
                }
                kills += 1
                let place = "killed before \(point.call) number \(occurrence)"
                try await crash.recover(place, resumes: kills.isMultiple(of: 2))
                try crash.keepDatabase("\(occurrence)")
                occurrence += step
                try #require(occurrence < 1000, "it never ends by itself")
            }
            #expect(kills > 0, "the program never came to \(point.testDescription)")
            try await crash.checkDatabases()
        }
    }

    /// The sync of the directory that follows the rename: the only one before which the part file is old.
    private static let afterRename = CrashRig.Point(
        call: "fsync",
        start: .pausedJob,
        files: ["downloads"]
    )

    @Test func `K1 killed after the rename, the same command ends well whatever the policy`()
        async throws
    {
        let point = Self.afterRename
        try await CrashRig.run(point.start) { crash in
            for policy in ["error", "skip"] {
                let killed = try await crash.disturb(point, "signal=SIGKILL", at: "1")
                #expect(killed.status == 137, "\(killed.errorOutput)")
                #expect(try crash.isVisible("killed after the rename"))
                let again = try await crash.rig.adm.output(crash.line("--if-exists", policy))
                #expect(again.status == 0, "\(policy): \(again.errorOutput)")
                #expect(crash.rig.saved() == ["file.bin"], "\(policy)")
                let first = try await crash.jobs("--all").first { $0.number == 1 }
                #expect(first?.state == "succeeded", "\(policy)")
            }
        }
    }

    @Test func `K1 killed after the rename, the same command makes no second file`()
        async throws
    {
        let point = Self.afterRename
        try await CrashRig.run(point.start) { crash in
            let killed = try await crash.disturb(point, "signal=SIGKILL", at: "1")
            #expect(killed.status == 137, "\(killed.errorOutput)")
            #expect(try crash.isVisible("killed after the rename"))
            let again = try await crash.rig.adm.output(crash.line())
            #expect(again.status == 0, "\(again.errorOutput)")
            #expect(crash.rig.saved() == ["file.bin"])
        }
    }

    // MARK: - Errors instead of the end

    @Test(arguments: ["1+", "1", "2"])
    func `D2 a disk that cannot sync the file never leads to success`(
        _ occurrences: String
    ) async throws {
        let point = CrashRig.Point(call: "fdatasync", start: .pausedJob, isPartFile: true)
        try await CrashRig.run(point.start) { crash in
            let outcome = try await crash.disturb(point, "error=EIO", at: occurrences)
            // A short download syncs its file once: then there is no second call to fail.
            if occurrences == "2", outcome.status == 0 {
                #expect(try crash.isVisible("nothing failed"))
                return
            }
            #expect(outcome.status == 9, "\(outcome.errorOutput)")
            #expect(try !crash.isVisible("after EIO"))
            let states = try await crash.jobs().map(\.state)
            #expect(states == ["failed"] || states == ["paused"], "\(states)")
            let resumed = try await crash.rig.adm.output(["resume", "1"])
            #expect(resumed.status == 0, "\(resumed.errorOutput)")
            try await crash.recover("after EIO", resumes: true)
        }
    }

    @Test func `D2 a database that cannot be synced never leads to a false success`()
        async throws
    {
        let point = CrashRig.Point(call: "fdatasync", start: .workspace, files: Self.database)
        try await CrashRig.run(point.start) { crash in
            var failures = 0
            for occurrence in 1...20 {
                let outcome = try await crash.disturb(point, "error=EIO", at: "\(occurrence)")
                guard outcome.status != 0 else {
                    #expect(try await crash.jobs("--all").map(\.state) == ["succeeded"])
                    #expect(try crash.isVisible("fdatasync number \(occurrence)"))
                    continue
                }
                failures += 1
                let place = "EIO at fdatasync number \(occurrence) of the database"
                #expect(outcome.status == 9, "\(place): \(outcome.errorOutput)")
                if try await crash.jobs().contains(where: { $0.state == "failed" }) {
                    let resumed = try await crash.rig.adm.output(["resume", "1"])
                    #expect(resumed.status == 0, "\(place): \(resumed.errorOutput)")
                }
                try await crash.recover(place, resumes: occurrence.isMultiple(of: 2))
                try crash.keepDatabase("\(occurrence)")
            }
            #expect(failures > 0)
            try await crash.checkDatabases()
        }
    }

    @Test(arguments: [CrashRig.Start.workspace, .pausedJob])
    func `D2 a directory that cannot be synced: the file is there once in the end`(
        _ start: CrashRig.Start
    ) async throws {
        let point = CrashRig.Point(call: "fsync", start: start, files: ["downloads"])
        try await CrashRig.run(start) { crash in
            let outcome = try await crash.disturb(point, "error=EIO", at: "1")
            #expect(outcome.status == 9, "\(outcome.errorOutput)")
            _ = try crash.isVisible("EIO at the sync of the directory")
            _ = try await crash.rig.adm.output(["resume", "1"])
            try await crash.recover("EIO at the sync of the directory", resumes: true)
        }
    }

    @Test(arguments: ["1", "2+", "4"])
    func `D1 a full disk holds the job, and resume finishes it`(
        _ occurrences: String
    ) async throws {
        let point = CrashRig.Point(call: "pwrite64", start: .pausedJob, isPartFile: true)
        try await CrashRig.run(point.start) { try await Self.fill($0, point, occurrences) }
    }

    @Test func `D1 a disk without room for the file holds the job before the first byte`()
        async throws
    {
        let point = CrashRig.Point(call: "fallocate", start: .workspace)
        try await CrashRig.run(point.start) { try await Self.fill($0, point, "1+") }
    }

    private static func fill(
        _ crash: CrashRig,
        _ point: CrashRig.Point,
        _ occurrences: String
    ) async throws {
        let outcome = try await crash.disturb(point, "error=ENOSPC", at: occurrences)
        #expect(outcome.status == 9, "\(outcome.errorOutput)")
        #expect(try !crash.isVisible("on a full disk"))
        #expect(try await crash.jobs().map(\.state) == ["paused"])
        try await crash.recover("after ENOSPC", resumes: true)
    }
}
