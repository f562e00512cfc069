import ADMModel
import Testing

@testable import ADMCommands

@Suite struct SummaryTests {
    private let summary = Summary(home: "/home/ann")

    private func verification(_ source: Verification.Source) throws -> Verification {
        let hex = String(repeating: "0", count: 64)
        return Verification(checksum: try Checksum(.sha256, hex: hex), source: source)
    }

    @Test func `a saved file is told with place, size, time, speed and digest`() throws {
        let saved = Events.completion(verification: try verification(.request))
        #expect(
            summary.lines(for: try Ends.saved(saved, job: 3)) == [
                "saved ~/Downloads/ubuntu.iso",
                "  340 MiB in 12.3s (27.6 MiB/s), sha256 verified (given by you)",
            ]
        )
        #expect(
            Summary.joined(summary.lines(for: try Ends.saved(job: 3)))
                == "saved ~/Downloads/ubuntu.iso: 340 MiB in 12.3s (27.6 MiB/s)"
        )
    }

    @Test(arguments: [
        (Verification.Source.list, "the checksum list"), (.server, "the server"),
    ])
    func `who gave the digest is told`(source: Verification.Source, name: String) throws {
        let saved = Events.completion(verification: try verification(source))
        #expect(
            Summary.joined(summary.lines(for: try Ends.saved(saved))).hasSuffix(
                "sha256 verified (given by \(name))"
            )
        )
    }

    @Test func `a resumed file tells what was fetched now`() throws {
        let saved = Events.completion(fetched: 104_857_600, seconds: 4)
        #expect(
            summary.lines(for: try Ends.saved(saved))[1]
                == "  340 MiB, 100 MiB of it fetched now in 4.0s (25.0 MiB/s)"
        )
    }

    @Test func `an empty file has no speed`() throws {
        let saved = Events.completion(bytes: 0, fetched: 0, seconds: 0.004)
        #expect(summary.lines(for: try Ends.saved(saved))[1] == "  0 B in 4ms")
    }

    @Test func `a failed job tells why and what to do`() throws {
        let failure = Failure(
            .noSpace,
            "no space left for a\u{1B}.iso",
            hint: "free 3 GiB",
            cause: "ENOSPC"
        )
        #expect(
            summary.lines(for: .failed(try Ends.job(4), failure)) == [
                "failed job 4: no space left for a\\u{1B}.iso (ENOSPC)", "  hint: free 3 GiB",
            ]
        )
        #expect(summary.lines(for: .paused(try Ends.job(4), nil)) == ["unfinished job 4"])
        #expect(
            summary.lines(for: .paused(try Ends.job(4), failure)).first?.hasPrefix(
                "unfinished job 4: no"
            )
                == true
        )
    }

    @Test func `what was not fetched is told too`() throws {
        #expect(
            summary.lines(for: .skipped(try Ends.job(1, at: "/home/ann/a"), reason: "file_exists"))
                == ["skipped ~/a: the file exists already"]
        )
        #expect(
            summary.lines(for: .cancelled(try Ends.job(9)))
                == ["cancelled job 9: https://example.org/a"]
        )
    }

    @Test(arguments: [
        ("/home/ann", "~"), ("/home/ann/a b", "~/a b"), ("/home/anna/x", "/home/anna/x"),
        ("/srv/x\n", "/srv/x\\u{A}"),
    ])
    func `paths below the home directory begin with a tilde`(path: String, shown: String) {
        #expect(Summary.path(path, home: "/home/ann") == shown)
        #expect(Summary.path(path, home: "/home/ann/") == shown)
        #expect(Summary.path("/x", home: "") == "/x")
        #expect(Summary.path("/x", home: "/") == "/x")
        #expect(Summary.path("/x", home: nil) == "/x")
    }

    @Test func `several files end with a line for all`() throws {
        var tally = Tally()
        let completion = Events.completion(bytes: 29_709_653, fetched: 29_709_653, seconds: 1)
        for _ in 0..<12 { tally.add(try Ends.saved(completion)) }
        tally.add(.failed(try Ends.job(), Failure(.network, "x")))
        #expect(
            summary.closing(tally, elapsed: 12.3)
                == "12 saved, 1 failed, 340 MiB in 12.3s (27.6 MiB/s), "
                + "not verified: no digest was given"
        )
        tally.add(.skipped(try Ends.job(), reason: "file_exists"))
        tally.add(.cancelled(try Ends.job()))
        tally.add(.paused(try Ends.job(), nil))
        #expect(
            summary.closing(tally, elapsed: 12.3)?.hasPrefix(
                "12 saved, 1 skipped, 1 failed, 1 cancelled, 1 unfinished, "
            ) == true
        )
    }

    @Test func `one file needs no line for all, unless it was not verified`() throws {
        var tally = Tally()
        #expect(summary.closing(tally, elapsed: 1) == nil)
        tally.add(try Ends.saved(Events.completion(verification: try verification(.request))))
        #expect(summary.closing(tally, elapsed: 1) == nil)
        var other = Tally()
        other.add(try Ends.saved())
        #expect(summary.closing(other, elapsed: 1) == "not verified: no digest was given")
    }

    @Test func `how many of several were not verified is told once`() throws {
        var tally = Tally()
        tally.add(try Ends.saved())
        tally.add(try Ends.saved(Events.completion(verification: try verification(.request))))
        #expect(
            summary.closing(tally, elapsed: 1)?.hasSuffix(", 1 not verified: no digest was given")
                == true
        )
    }

    @Test func `a file on its way to standard output is told without its place`() throws {
        let passing = Summary(home: "/home/ann", namesFiles: false)
        #expect(
            passing.lines(for: try Ends.saved()).first == "fetched ubuntu.iso"
        )
    }

    @Test func `colour marks the first word`() throws {
        let colored = Summary(home: nil, color: true)
        #expect(
            colored.lines(for: .failed(try Ends.job(1), Failure(.network, "x")))
                == ["\u{1B}[31mfailed\u{1B}[0m job 1: x"]
        )
    }
}
