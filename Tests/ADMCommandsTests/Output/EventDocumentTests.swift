import ADMDocuments
import ADMModel
import Foundation
import Testing

@testable import ADMCommands

@Suite struct EventDocumentTests {
    private static let head =
        #""occurred_at":"2025-11-24T16:00:00.250Z","download_id":"01JD0000000000000000000001","#
        + #""job":12,"sequence":7,"url":"https://example.org/pub/ubuntu.iso?token=***","#

    private func line(_ kind: JobEvent.Kind) throws -> String {
        JSONWriter.line(EventDocument(try Events().event(kind, sequence: 7)))
    }

    private func expected(_ name: String, _ fields: String) -> String {
        #"{"v":1,"event_type":"download.\#(name)",\#(EventDocumentTests.head)\#(fields)}"#
    }

    @Test func `every kind of event has its fields in a fixed order`() throws {
        let error =
            #""error":{"code":"network","exc_type":"network","message":"reset \"by\" peer","#
            + #""hint":null,"cause":"ECONNRESET","retry_after":1.5,"asked_by":null}"#
        let failure = Failure(
            .network,
            "reset \"by\" peer",
            cause: "ECONNRESET",
            retryAfter: 1.5
        )
        let hex = String(repeating: "ab", count: 32)
        let verification = Verification(checksum: try Checksum(.sha256, hex: hex), source: .list)
        let cases: [(JobEvent.Kind, String, String)] = [
            (.queued(priority: 3), "queued", #""priority":3"#),
            (.started(totalBytes: 99), "started", #""total_bytes":99"#),
            (.started(totalBytes: nil), "started", #""total_bytes":null"#),
            (
                .completed(Events.completion(verification: verification)), "completed",
                #""destination_path":"/home/ann/Downloads/ubuntu.iso","total_bytes":356515840,"#
                    + #""elapsed_seconds":12.3,"average_speed_bps":28985028,"validation":{"#
                    + #""algorithm":"sha256","expected_hash":"\#(hex)","calculated_hash":"\#(hex)","#
                    + #""is_valid":true,"source":"list"},"repaired_bytes":null"#
            ),
            (.failed(failure), "failed", error + #","validation":null"#),
            (
                .skipped(reason: "file_exists", destinationPath: nil), "skipped",
                #""reason":"file_exists","destination_path":null"#
            ),
            (
                .cancelled(from: .running), "cancelled",
                #""cancelled_from":"in_progress","state":"running""#
            ),
            (
                .cancelled(from: .paused), "cancelled",
                #""cancelled_from":"queued","state":"paused""#
            ),
            (
                .retrying(retry: 2, maxRetries: 10, delaySeconds: 4, error: failure), "retrying",
                #""retry":2,"max_retries":10,"delay_seconds":4,"# + error
            ),
            (.validating(algorithm: .sha512), "validating", #""algorithm":"sha512""#),
        ]
        for (kind, name, fields) in cases {
            #expect(try line(kind) == expected(name, fields))
        }
    }

    @Test func `progress tells the speed and the bytes since the event before`() throws {
        let events = try Events()
        var progress = JSONProgress()
        let first = progress.line(for: events.progress(300, of: 1200, at: 1))
        #expect(
            first
                == #"{"v":1,"event_type":"download.progress","occurred_at":"#
                + #""2025-11-24T16:00:01.250Z","download_id":"01JD0000000000000000000001","#
                + #""job":12,"sequence":null,"url":"https://example.org/pub/ubuntu.iso?token=***","#
                + #""chunk_size":300,"bytes_downloaded":300,"total_bytes":1200,"#
                + #""progress_percent":25,"speed":{"current_speed_bps":1048576,"#
                + #""average_speed_bps":524288,"eta_seconds":0.001,"elapsed_seconds":1},"#
                + #""name":"ubuntu.iso","phase":"downloading","connections":4,"bytes_this_run":300}"#
        )
        let second = progress.line(for: events.progress(700, of: nil, at: 2))
        #expect(second.contains(#""chunk_size":400,"bytes_downloaded":700,"total_bytes":null,"#))
        #expect(second.contains(#""progress_percent":null"#))
        #expect(second.contains(#""eta_seconds":null"#))
        // The file changed on the server, so the transfer began again.
        let third = progress.line(for: events.progress(100, of: 1200, at: 3))
        #expect(third.contains(#""chunk_size":0,"bytes_downloaded":100"#))
    }

    @Test func `every line is one JSON object whatever the texts are`() throws {
        let text = "\"\\\u{0}\u{1B}\n\r\t\u{7F}\u{9B}\u{202E}\u{2028}\u{1F600}/"
        let line = try line(.skipped(reason: text, destinationPath: text))
        #expect(line.unicodeScalars.allSatisfy { $0.value >= 0x20 && !(0x7F...0x9F ~= $0.value) })
        #expect(!line.unicodeScalars.contains { $0 == "\u{202E}" || $0 == "\u{2028}" })
        let object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
        #expect(object?["reason"] as? String == text)
    }
}
