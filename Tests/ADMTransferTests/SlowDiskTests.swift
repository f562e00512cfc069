import ADMDisk
import ADMModel
import Dispatch
import Foundation
import Synchronization
import Testing

@testable import ADMTransfer

/// A disk that makes a writer wait makes nobody else wait.
@Suite(
    .enabled(if: FrozenDisk.isAllowed, "file systems may not be frozen here"),
    .timeLimit(.minutes(1))
)
struct SlowDiskTests {
    /// Whether a thread waits in the kernel and cannot be interrupted; `thread` is its directory in /proc.
    private func isWaiting(_ thread: String) -> Bool {
        guard let status = try? String(contentsOfFile: "/proc/\(thread)/stat", encoding: .utf8),
            let end = status.lastIndex(of: ")")
        else { return false }
        return status[end...].dropFirst(2).first == "D"
    }

    @Test func `a range may be looked at and cut while its bytes wait for the disk`() async throws {
        try await FrozenDisk.with { disk in
            let part = try #require(
                try PartFile.open(directory: disk.path, job: JobID(), create: true)
            )
            let range = OpenRange(ByteRange(0, 1000), in: part)
            let bytes = [UInt8](repeating: 7, count: 600)
            #expect(!range.isSlow)
            try await disk.freeze()
            let writer = Mutex("")
            let (ends, ended) = AsyncStream.makeStream(of: Int.self)
            range.onDiskThread {
                let own = try? FileManager.default.destinationOfSymbolicLink(
                    atPath: "/proc/thread-self"
                )
                writer.withLock { $0 = own ?? "" }
                let count = try? unsafe range.write(bytes.span.bytes)
                ended.yield(count ?? -1)
                ended.finish()
            }
            while !isWaiting(writer.withLock { $0 }) {
                try Task.checkCancellation()
                await Task.yield()
            }
            // Nothing is written yet, and what is being written is not cut off.
            #expect(range.progress.filled == ByteRange(0, 0))
            range.cut(at: 604)
            #expect(range.progress.whole == ByteRange(0, 604))
            range.cut(at: 1)
            #expect(range.progress.whole == ByteRange(0, 600))
            // It has waited for longer than a write may take.
            let enough = ContinuousClock.now + .milliseconds(40)
            while ContinuousClock.now < enough { await Task.yield() }
            let waited = DispatchTime.now().uptimeNanoseconds
            try await disk.thaw()
            for await count in ends { #expect(count == 600) }
            #expect(range.progress.filled == ByteRange(0, 600))
            // The next ones are better done elsewhere than where the bytes arrive; the time is that at
            // which it still waited, so that it does not matter how long the thaw itself took.
            #expect(part.isSlow(at: waited))
            #expect(range.seal() == ByteRange(0, 600))
        }
    }
}
