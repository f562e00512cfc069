import ADMModel
import Testing

@testable import ADMCommands

@Suite struct DisplayPlanTests {
    private func plan(
        _ work: DisplayPlan.Work = .downloads,
        _ progress: ProgressStyle = .auto,
        quiet: Bool = false,
        json: Bool = false,
        paths: Bool = false,
        namesFiles: Bool = true,
        canRedraw: Bool = true
    ) -> DisplayPlan {
        DisplayPlan(
            work,
            progress: progress,
            isQuiet: quiet,
            isJSON: json,
            printsPaths: paths,
            namesFiles: namesFiles,
            canRedraw: canRedraw
        )
    }

    @Test func `bars are for terminals, lines for everything else`() {
        for work in [DisplayPlan.Work.downloads, .queue] {
            #expect(plan(work).style == .bar)
            #expect(plan(work, canRedraw: false).style == .plain)
            #expect(plan(work, .plain).style == .plain)
            #expect(plan(work, quiet: true).style == .none)
        }
    }

    @Test func `with --json a download ends with a document and a queue tells events`() {
        #expect(plan(json: true).style == .none)
        #expect(plan(json: true).printsJobs)
        #expect(plan(.downloads, .plain, json: true).style == .plain)
        #expect(plan(.queue, .plain, json: true).style == .json)
        #expect(!plan(.queue, json: true).printsJobs)
    }

    @Test func `JSON lines do not go where the bytes of files go`() {
        #expect(plan(.downloads, .json, namesFiles: false).style == .bar)
        #expect(plan(.downloads, .json, namesFiles: false, canRedraw: false).style == .plain)
        #expect(plan(.downloads, .json).style == .json)
    }

    @Test func `events are kept only if somebody is shown them`() {
        #expect(!plan().followsEvents)
        #expect(plan(.downloads, .plain).followsEvents)
        #expect(plan(.queue).followsEvents)
    }

    @Test func `an end is told once: by its event, or by lines`() throws {
        let saved = try Ends.saved()
        #expect(plan().speech(for: saved) == .lines)
        #expect(plan(.downloads, .none).speech(for: saved) == .lines)
        #expect(plan(.downloads, .plain).speech(for: saved) == .nothing)
        #expect(plan(.queue).speech(for: saved) == .lines)
        #expect(plan(.queue, .none).speech(for: saved) == .nothing)
        #expect(plan(.queue, .json).speech(for: saved) == .nothing)
    }

    @Test(arguments: [DisplayPlan.Work.downloads, .queue])
    func `a held job is told in every style for people`(work: DisplayPlan.Work) throws {
        let held = JobOutcome.paused(try Ends.job(7), Failure(.noSpace, "x"))
        #expect(plan(work).speech(for: held) == .lines)
        #expect(plan(work, .plain).speech(for: held) == .lines)
        #expect(plan(work, quiet: true).speech(for: held) == .nothing)
    }

    @Test(arguments: [DisplayPlan.Work.downloads, .queue])
    func `failures are told to the quiet, too`(work: DisplayPlan.Work) throws {
        let failed = JobOutcome.failed(try Ends.job(), Failure(.network, "x"))
        #expect(plan(work, quiet: true).speech(for: failed) == .lines)
        #expect(!plan(work, quiet: true).informs)
    }

    @Test func `with --json a download tells failures as objects`() throws {
        let failed = JobOutcome.failed(try Ends.job(), Failure(.network, "x"))
        #expect(plan(json: true).speech(for: failed) == .json)
        #expect(plan(json: true).speech(for: try Ends.saved()) == .nothing)
        #expect(plan(json: true).speech(for: .paused(try Ends.job(), nil)) == .nothing)
        #expect(plan(.queue, json: true).speech(for: failed) == .nothing)
    }

    @Test func `paths are those of files that are there`() throws {
        let old = JobOutcome.skipped(try Ends.job(1, at: "/srv/old"), reason: "file_exists")
        #expect(
            plan(paths: true).path(for: try Ends.saved()) == Events.completion().destinationPath
        )
        #expect(plan(paths: true).path(for: old) == "/srv/old")
        #expect(plan(.queue, paths: true).path(for: old) == nil)
        #expect(plan(paths: true).path(for: .cancelled(try Ends.job(1, at: "/srv/x"))) == nil)
        #expect(plan().path(for: old) == nil)
    }

    @Test func `a held job is continued by a verb of its kind`() throws {
        let held = JobOutcome.paused(try Ends.job(7), Failure(.noSpace, "x"))
        #expect(plan().advice(for: held) == "  adm resume 7 continues once that is fixed")
        #expect(
            plan(.queue).advice(for: held) == "  adm queue resume 7 continues once that is fixed"
        )
        #expect(plan().advice(for: .paused(try Ends.job(7), nil)) == nil)
    }
}
