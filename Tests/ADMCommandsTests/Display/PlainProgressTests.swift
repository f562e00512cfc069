import ADMModel
import Testing

@testable import ADMCommands

@Suite struct PlainProgressTests {
    private static let mebibyte: Int64 = 1_048_576

    private func lines(_ events: [JobEvent]) -> [String] {
        var progress = PlainProgress(summary: Summary(home: nil))
        return events.flatMap { progress.lines(for: $0) }
    }

    @Test func `a download has a line at its start, at every tenth and at its end`() throws {
        let events = try Events()
        let total = 100 * PlainProgressTests.mebibyte
        var all = [events.event(.queued(priority: 1)), events.event(.started(totalBytes: total))]
        // Ten per cent in two seconds, in ten steps.
        all += (1...100).map { step in
            events.progress(total / 100 * Int64(step), of: total, at: Double(step) / 5)
        }
        all.append(events.event(.validating(algorithm: .sha256), at: 20))
        all.append(events.event(.completed(Events.completion(path: "/srv/u.iso")), at: 21))
        let lines = lines(all)
        #expect(lines.first == "[12] started https://example.org/pub/ubuntu.iso?token=***, 100 MiB")
        #expect(lines[1] == "[12] ubuntu.iso: 10% of 100 MiB, 1.00 MiB/s, 1m30s left")
        #expect(lines.filter { $0.contains("% of") }.count == 9)
        #expect(lines[10] == "[12] ubuntu.iso: computing sha256")
        #expect(
            lines.last
                == "[12] saved /srv/u.iso: 340 MiB in 12.3s (27.6 MiB/s)"
        )
        #expect(lines.count == 12)
    }

    @Test func `a fast download has no lines in between`() throws {
        let events = try Events()
        var all = [events.event(.started(totalBytes: 1000))]
        all += (1...100).map { events.progress(Int64($0) * 10, of: 1000, at: Double($0) / 200) }
        #expect(lines(all).count == 1)
    }

    @Test func `a slow download has a line after ever longer silences`() throws {
        let events = try Events()
        var progress = PlainProgress(summary: Summary(home: nil))
        _ = progress.lines(for: events.event(.started(totalBytes: nil)))
        let times = (1...3600).filter { second in
            !progress.lines(for: events.progress(Int64(second), of: nil, at: Double(second)))
                .isEmpty
        }
        #expect(times.prefix(7) == [5, 15, 35, 75, 155, 315, 615])
        #expect(times.count == 16)
    }

    @Test func `a file that takes an hour has as many lines as promised`() throws {
        let events = try Events()
        let total: Int64 = 36_000
        var all = [events.event(.started(totalBytes: total))]
        all += (1...36_000).map { events.progress(Int64($0), of: total, at: Double($0) / 10) }
        all.append(events.event(.completed(Events.completion()), at: 3601))
        #expect(lines(all).count <= 17 + 12)
    }

    @Test func `a retry is told and does not begin again`() throws {
        let events = try Events()
        let failure = Failure(.network, "connection reset by example.org")
        let lines = lines([
            events.event(.started(totalBytes: 1000)),
            events.progress(10, of: 1000, at: 0.1),
            events.event(.retrying(retry: 2, maxRetries: 10, delaySeconds: 4.2, error: failure)),
            events.event(.started(totalBytes: 1000), at: 5),
            events.event(.failed(failure), at: 6),
        ])
        #expect(
            lines.dropFirst() == [
                "[12] ubuntu.iso: connection reset by example.org; trying again in 5s "
                    + "(retry 2 of 10)",
                "[12] failed job 12: connection reset by example.org",
            ]
        )
    }

    @Test func `the bytes count if the length is not known`() throws {
        let events = try Events()
        let lines = lines([
            events.event(.started(totalBytes: nil)), events.progress(2048, of: nil, at: 6),
        ])
        #expect(lines[0].hasSuffix(", length unknown"))
        #expect(lines[1] == "[12] ubuntu.iso: 2.00 KiB, 1.00 MiB/s")
    }
}
