import ADMEngine
import ADMModel
import Foundation
import Testing

@testable import ADMCommands

/// The page of `adm top`, and the keys that steer it.
struct TopPageTests {
    private func overview(jobs: Int) throws -> Overview {
        let slots = [
            BudgetReport.Slot(
                workspace: "work",
                job: 1,
                host: "a.org",
                state: "held",
                isResumable: true,
                heldSeconds: 1,
                process: 1
            )
        ]
        var overview = Overview(
            budget: BudgetReport(
                limits: BudgetLimits(),
                slots: slots,
                processes: [],
                workspaces: [],
                coolDowns: []
            )
        )
        var workspace = Overview.Workspace(name: "work")
        workspace.counts = [.running: 1, .ready: 41, .failed: 2]
        workspace.slots = 1
        workspace.entitled = 2.5
        overview.workspaces = [workspace]
        for number in 1...jobs {
            var job = Job(
                id: JobID(),
                number: Int64(number),
                request: JobRequest(url: try SourceURL("https://a.org/file-\(number).iso")),
                state: number == 1 ? .running : .ready,
                directory: "/d",
                createdAt: Date()
            )
            if number == 1 {
                job.bytesDone = 500
                job.bytesTotal = 1000
            }
            overview.jobs.append(.init(workspace: "work", job: job, bytesPerSecond: 2048))
        }
        var failed = overview.jobs[0]
        failed.job.state = .failed
        failed.job.failure = Failure(.network, "the connection to a.org\u{1B}[31m broke")
        overview.failures = [failed]
        overview.bytesPerSecond = 2048
        return overview
    }

    private func lines(
        jobs: Int = 30,
        selected: Int = 0,
        width: Int = 100,
        height: Int = 24,
        message: String? = nil
    ) throws -> [String] {
        TopPage(
            overview: try overview(jobs: jobs),
            history: [0, 1, 2, 4],
            selected: selected,
            message: message,
            width: width,
            height: height,
            color: false,
            unicode: true
        ).lines
    }

    @Test func `workspaces, jobs with bars, failures and keys are on the page`() throws {
        let text = try lines().joined(separator: "\n")
        #expect(text.contains("1/64 connections"))
        #expect(text.contains("▁▃▅█"))
        #expect(text.contains("50%"))
        #expect(text.contains("LAST FAILURES"))
        #expect(text.contains("q quit"))
        #expect(!text.contains("\u{1B}"))
    }

    @Test(arguments: [(100, 24), (60, 12), (20, 8), (10, 3), (300, 80)])
    func `the page never leaves its window`(width: Int, height: Int) throws {
        let lines = try lines(width: width, height: height)
        #expect(lines.count <= height)
        #expect(lines.allSatisfy { StyledText.columns($0) <= width })
    }

    @Test(arguments: [0, 5, 17, 29])
    func `the chosen job is always seen`(_ selected: Int) throws {
        let lines = try lines(selected: selected, height: 20)
        #expect(lines.contains { $0.hasPrefix("›") && $0.contains("file-\(selected + 1).iso") })
    }

    @Test func `a question stands where the keys are explained`() throws {
        let lines = try lines(message: "cancel job 3? y/n")
        #expect(lines.last == "cancel job 3? y/n")
    }

    @Test func `keys are told apart, also several at once`() {
        let bytes: [UInt8] = [
            0x1B, 0x5B, 0x41, 0x71, 0x1B, 0x4F, 0x42, 0x1B, 0x1B, 0x5B, 0x35, 0x7E,
        ]
        #expect(Key.parse(bytes) == [.up, .character("q"), .down, .escape, .pageUp])
        #expect(Key.parse([0x1B, 0x5B, 0x31, 0x3B, 0x35, 0x43, 0x2B]) == [.character("+")])
    }

    @Test func `a row of bars shows the highest number as the highest bar`() {
        #expect(Sparkline.text([0, 5, 10], unicode: true) == "▁▅█")
        #expect(Sparkline.text([0, 0], unicode: false) == "__")
        #expect(Sparkline.text([Double](), unicode: true) == "")
    }
}
