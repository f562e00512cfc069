import ADMDocuments
import ADMModel
import Foundation
import Testing

@testable import ADMCommands

/// What is shown of numbers that a database or a server made up.
@Suite struct ExtremeOutputTests {
    static let doubles: [Double] = [
        0, 1, -1, 0x1p53, -0x1p53, 0x1p63, -0x1p63, 1e308, -1e308, .nan, .infinity, -.infinity,
    ]
    static let integers: [Int64] = [0, 1, -1, 1 << 53, 1 << 60, .max, .min]

    @Test(arguments: doubles)
    func `every number has a text`(number: Double) {
        #expect(!DurationText.elapsed(number).isEmpty)
        #expect(DurationText.remaining(number).count <= 6)
        #expect(!ProgressLine.perSecond(number).isEmpty)
        #expect(!Date(timeIntervalSince1970: number).shown.isEmpty)
        for unicode in [true, false] {
            let bar = ProgressBar(width: 10, unicode: unicode).text(fraction: number)
            #expect(DisplayWidth.columns(bar) == 10)
            let line = Sparkline.text([number, 1, -number, number], unicode: unicode)
            #expect(line.count == 4)
        }
    }

    @Test(arguments: integers, integers)
    func `every transfer has a line`(done: Int64, total: Int64) throws {
        let id = JobID()
        for number in Self.doubles {
            let progress = TransferProgress(
                job: id,
                name: "a",
                bytesDone: done,
                bytesTotal: total,
                bytesThisRun: done,
                currentSpeed: number,
                averageSpeed: number,
                etaSeconds: number,
                elapsedSeconds: number,
                connections: 1,
                phase: .downloading
            )
            let page = ProgressPage(rows: [progress, progress], total: 2, frame: 1)
            let lines = page.lines(on: Canvas(width: 80, height: 24))
            #expect(!lines.isEmpty)
            let completion = JobEvent.Completion(
                destinationPath: "/a",
                totalBytes: total,
                elapsedSeconds: number,
                averageSpeed: number,
                verification: nil,
                repairedBytes: done
            )
            let summary = Summary(home: nil)
            var tally = Tally()
            let end = try Ends.saved(completion, job: done)
            for _ in 0..<2 { tally.add(end) }
            #expect(!summary.lines(for: end).isEmpty)
            #expect(summary.closing(tally, elapsed: number) != nil)
            var plain = PlainProgress(summary: summary)
            for kind in [
                .started(totalBytes: total), .progress(progress), .completed(completion),
                .retrying(
                    retry: .max,
                    maxRetries: .min,
                    delaySeconds: number,
                    error: Failure(.network, "x", retryAfter: number)
                ),
            ] as [JobEvent.Kind] {
                let event = JobEvent(job: id, number: done, url: "http://h/", kind: kind)
                _ = plain.lines(for: event)
                #expect(JSONWriter.line(EventDocument(event)).hasSuffix("}"))
            }
        }
        let job = Job(
            id: id,
            number: done,
            request: JobRequest(url: try SourceURL("http://h/")),
            state: .paused,
            directory: "/d",
            bytesDone: done,
            bytesTotal: total,
            createdAt: Date()
        )
        #expect(total == 0 || !job.amount.isEmpty)
    }

    @Test(
        arguments: [
            "", "+", "-", "+9223372036854775807", "+99999999999999999999d", "9223372036854775807",
            "99999-01-01 10:00", "2026-13-01 10:00", "2026-00-01 10:00", "2026-01-00 10:00",
            "2026-9223372036854775807-01 10:00", "9223372036854775807-01-01 10:00",
            "18:00:9223372036854775807", "18:9223372036854775807", "9223372036854775807:00",
            "99999999999-01-01T00:00:00Z", "2026-11-27T99:99:99Z", "0000-01-01 00:00", "NaN",
            "1e308",
            "2026-11-27T18:00:00+99999999999", String(repeating: "9", count: 400),
        ]
    )
    func `a moment that no calendar has is refused`(text: String) {
        #expect { try TimeParser.parse(text, option: "--at") } throws: {
            ($0 as? Failure)?.code == .usage
        }
    }
}
