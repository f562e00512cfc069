import ADMModel
import Testing

@testable import ADMCommands

@Suite struct ProgressPageTests {
    private func page(_ width: Int, height: Int = 24, unicode: Bool = true) throws -> String {
        ProgressPage(
            rows: PageRows.mixed,
            tally: try Ends.tally(saved: 5, failed: 1, bytes: 1_000_000),
            queued: 12,
            total: 25,
            frame: 7
        ).lines(on: Canvas(width: width, height: height, unicode: unicode))
            .joined(separator: "\n")
    }

    @Test func `K5 20 columns still show name and percent`() throws {
        #expect(
            try page(20) == """
                ubun….iso       46%
                家族…r.gz        7%
                👨‍👩‍👧‍👦 🇩🇪.zip  64.0 KiB
                résu….pdf
                evil….exe        1%
                data.bin       100%
                last.bin       100%
                6/25 done
                """
        )
    }

    @Test func `K5 40 columns add the speed`() throws {
        #expect(
            try page(40) == """
                ubuntu-2…md64.iso       46%  27.7 MiB/s
                家族写真….tar.gz         7%  1.00 MiB/s
                👨‍👩‍👧‍👦 🇩🇪.zip          64.0 KiB  2.00 KiB/s
                résumé.pdf                   connecting
                evil\\u{1…}gpj.exe        1%    wait 12s
                data.bin               100%   verifying
                last.bin               100%   finishing
                6/25 done · 1 failed · 28.7 MiB/s
                """
        )
    }

    @Test func `K5 60 columns add the bar`() throws {
        #expect(
            try page(60) == """
                ubuntu-24.…-amd64.iso  ▕█████▌      ▏       46%  27.7 MiB/s
                家族写真ア…み.tar.gz   ▕▉           ▏        7%  1.00 MiB/s
                👨‍👩‍👧‍👦 🇩🇪.zip              ▕       ███  ▏  64.0 KiB  2.00 KiB/s
                résumé.pdf             connecting
                evil\\u{1B}…2E}gpj.exe  waiting 12s           1%
                data.bin               verifying           100%
                last.bin               finishing           100%
                6/25 done · 1 failed · 12 queued · 1.21 GiB · 28.7 MiB/s
                """
        )
    }

    @Test func `K5 80 columns add size and time left`() throws {
        #expect(
            try page(80) == """
                ubuntu-24.…amd64.iso  ▕████▋     ▏   46%  1.20 GiB/2.58 GiB  27.7 MiB/s     52s
                家族写真ア…み.tar.gz  ▕▊         ▏    7%  7.15 MiB/95.4 MiB  1.00 MiB/s   2h14m
                👨‍👩‍👧‍👦 🇩🇪.zip             ▕       ██ ▏                 64.0 KiB  2.00 KiB/s
                résumé.pdf            connecting
                evil\\u{1B}…E}gpj.exe  waiting 12s     1%      10 B/0.98 KiB
                data.bin              verifying     100%  0.98 KiB/0.98 KiB
                last.bin              finishing     100%  0.98 KiB/0.98 KiB
                6/25 done · 1 failed · 12 queued · 1.21 GiB · 28.7 MiB/s
                """
        )
    }

    @Test func `K5 120 columns show everything`() throws {
        #expect(
            try page(120) == """
                ubuntu-24.04.1-live-server-amd64.iso   ▕███████████▏            ▏   46%  1.20 GiB/2.58 GiB  27.7 MiB/s     52s   8 conn
                家族写真アーカイブ-2026-夏休み.tar.gz  ▕█▊                      ▏    7%  7.15 MiB/95.4 MiB  1.00 MiB/s   2h14m   4 conn
                👨‍👩‍👧‍👦 🇩🇪.zip                              ▕       ██████           ▏                 64.0 KiB  2.00 KiB/s           1 conn
                résumé.pdf                             connecting
                evil\\u{1B}[2J\\u{202E}gpj.exe           waiting 12s                   1%      10 B/0.98 KiB
                data.bin                               verifying                   100%  0.98 KiB/0.98 KiB
                last.bin                               finishing                   100%  0.98 KiB/0.98 KiB
                6/25 done · 1 failed · 12 queued · 1.21 GiB · 28.7 MiB/s
                """
        )
    }

    @Test func `without Unicode bars are made of ASCII`() throws {
        #expect(
            try page(80, unicode: false) == """
                ubuntu-24.~amd64.iso  [####------]   46%  1.20 GiB/2.58 GiB  27.7 MiB/s     52s
                ?????????-~??.tar.gz  [----------]    7%  7.15 MiB/95.4 MiB  1.00 MiB/s   2h14m
                ? ?.zip               [-------##-]                 64.0 KiB  2.00 KiB/s
                r?sum?.pdf            connecting
                evil\\u{1B}~E}gpj.exe  waiting 12s     1%      10 B/0.98 KiB
                data.bin              verifying     100%  0.98 KiB/0.98 KiB
                last.bin              finishing     100%  0.98 KiB/0.98 KiB
                6/25 done, 1 failed, 12 queued, 1.21 GiB, 28.7 MiB/s
                """
        )
    }

    @Test func `K5 files that do not fit are counted in the last line`() throws {
        let lines = try page(60, height: 4).split(separator: "\n")
        #expect(lines.count == 3)
        #expect(lines[2].hasPrefix("… and 5 more · 6/25 done · 1 failed"))
    }

    @Test func `K5 a window without room has no page`() throws {
        #expect(try page(80, height: 1).isEmpty)
        #expect(try page(1).isEmpty)
        #expect(
            try page(80, height: 2)
                == "… and 7 more · 6/25 done · 1 failed · 12 queued · 1.21 GiB · 28.7 MiB/s"
        )
    }

    @Test func `a single file has its mean speed in the last line`() throws {
        let row = PageRows.row("a.iso", done: 50, total: 100) {
            $0.averageSpeed = 2_097_152
            $0.elapsedSeconds = 65.9
        }
        let lines = ProgressPage(rows: [row], total: 1).lines(on: Canvas(width: 80, height: 24))
        #expect(lines.last == "1m05s so far · 2.00 MiB/s on average")
    }

    @Test func `the time left is told when every length is known and nothing is queued`() throws {
        let rows = (0..<2).map { _ in
            PageRows.row("a", done: 0, total: 10_485_760) { $0.currentSpeed = 1_048_576 }
        }
        let lines = ProgressPage(
            rows: rows,
            tally: try Ends.tally(saved: 1, bytes: 1_048_576),
            total: 3
        ).lines(on: Canvas(width: 100, height: 24))
        #expect(lines.last == "1/3 done · 1.00 MiB of 21.0 MiB · 2.00 MiB/s · 10s left")
    }

    @Test func `lengths that no file has do not stop the page`() throws {
        let rows = (0..<3).map { _ in
            PageRows.row("huge", done: .max / 2, total: .max) {
                $0.currentSpeed = .infinity
                $0.etaSeconds = .infinity
            }
        }
        let lines = ProgressPage(rows: rows, total: 3, frame: .max).lines(
            on: Canvas(width: 120, height: 24)
        )
        #expect(lines.count == 4)
    }

    @Test func `only a whole file has 100 percent`() throws {
        let row = PageRows.row("a", done: 9999, total: 10_000)
        let lines = ProgressPage(rows: [row]).lines(on: Canvas(width: 20, height: 24))
        #expect(lines.first == "a   99%")
    }

    @Test func `colour changes no column`() throws {
        for width in [20, 40, 60, 80, 120] {
            let lines = ProgressPage(
                rows: PageRows.mixed,
                tally: try Ends.tally(saved: 5, failed: 1, bytes: 1_000_000),
                queued: 12,
                total: 25,
                frame: 7
            ).lines(on: Canvas(width: width, height: 24, color: true))
            let plain = lines.map { $0.replacing(/\u{1B}\[[0-9;]*m/, with: "") }
            let uncolored = try page(width)
            #expect(plain.joined(separator: "\n") == uncolored)
            #expect(width < 40 || plain != lines)
        }
    }

    @Test func `K5 no line is ever wider than the window less one column`() throws {
        var random = SystemRandomNumberGenerator()
        let pieces = [
            "a", "Z", "0", ".", "-", " ", "\u{6F22}", "\u{D55C}", "e\u{301}", "\u{301}",
            "\u{1B}[31m",
            "\u{202E}", "\u{200B}", "\u{1F468}\u{200D}\u{1F469}\u{200D}\u{1F467}",
            "\u{1F1E9}\u{1F1EA}",
            "\u{1F1E9}", "\u{645}", "\u{915}\u{94D}\u{937}", "\n", "\u{FE0F}", "\u{1F3FD}",
            ".tar.gz",
        ]
        let phases: [TransferProgress.Phase] = [
            .connecting, .downloading, .waiting, .verifying, .finishing,
        ]
        for _ in 0..<1500 {
            let width = Int.random(in: 0...140, using: &random)
            let height = Int.random(in: 0...12, using: &random)
            let rows = (0..<Int.random(in: 0...14, using: &random)).map { _ in
                let count = Int.random(in: 0...60, using: &random)
                let name = (0..<count).compactMap { _ in pieces.randomElement(using: &random) }
                let total = Bool.random(using: &random) ? Int64.random(in: 0 ... .max) : nil
                return PageRows.row(
                    name.joined(),
                    done: Int64.random(in: 0...(total ?? .max), using: &random),
                    total: total
                ) {
                    $0.phase = phases.randomElement(using: &random) ?? .waiting
                    $0.currentSpeed = Double.random(in: 0...1e12, using: &random)
                    $0.etaSeconds = Double.random(in: 0...1e10, using: &random)
                    $0.connections = Int.random(in: 0...64, using: &random)
                }
            }
            let lines = ProgressPage(
                rows: rows,
                tally: try Ends.tally(saved: 3, failed: 2, bytes: 1 << 40),
                queued: Int.random(in: 0...100_000, using: &random),
                total: Bool.random(using: &random) ? 1_000_000 : nil,
                frame: Int.random(in: 0...1000, using: &random)
            ).lines(
                on: Canvas(
                    width: width,
                    height: height,
                    color: Bool.random(using: &random),
                    unicode: Bool.random(using: &random)
                )
            )
            #expect(lines.count <= max(0, height - 1))
            for line in lines {
                #expect(StyledText.columns(line) <= width - 1, "\(width): \(line.debugDescription)")
                #expect(!line.replacing(/\u{1B}\[[0-9;]*m/, with: "").contains("\u{1B}"))
            }
        }
    }
}
