import ADMModel

@testable import ADMCommands

/// The transfers that the frames of the tests show.
enum PageRows {
    /// One of every phase, and a name of every kind.
    static var mixed: [TransferProgress] {
        [
            row("ubuntu-24.04.1-live-server-amd64.iso", done: 1_288_490_188, total: 2_773_874_688) {
                $0.currentSpeed = 29_045_555
                $0.etaSeconds = 51.2
                $0.connections = 8
            },
            row("家族写真アーカイブ-2026-夏休み.tar.gz", done: 7_500_000, total: 100_000_000) {
                $0.currentSpeed = 1_048_576
                $0.etaSeconds = 8040
                $0.connections = 4
            },
            row(
                "\u{1F468}\u{200D}\u{1F469}\u{200D}\u{1F467}\u{200D}\u{1F466} \u{1F1E9}\u{1F1EA}.zip",
                done: 65_536,
                total: nil
            ) {
                $0.currentSpeed = 2048
                $0.connections = 1
            },
            row("re\u{301}sume\u{301}.pdf", done: 0, total: nil) { $0.phase = .connecting },
            row("evil\u{1B}[2J\u{202E}gpj.exe", done: 10, total: 1000) {
                $0.phase = .waiting
                $0.etaSeconds = 12
            },
            row("data.bin", done: 1000, total: 1000) { $0.phase = .verifying },
            row("last.bin", done: 1000, total: 1000) { $0.phase = .finishing },
        ]
    }

    /// One transfer.
    static func row(
        _ name: String,
        done: Int64,
        total: Int64?,
        _ change: (inout TransferProgress) -> Void = { _ in }
    ) -> TransferProgress {
        var row = TransferProgress(
            job: JobID(),
            name: name,
            bytesDone: done,
            bytesTotal: total,
            bytesThisRun: done,
            phase: .downloading
        )
        change(&row)
        return row
    }
}
