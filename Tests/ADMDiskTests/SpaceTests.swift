import ADMModel
import ADMTestSupport
import Foundation
import Testing

@testable import ADMDisk

/// The space that a partial file takes, and what must stay free beside it.
struct SpaceTests {
    private static let step: Int64 = 262_144

    @Test func `free space is looked at before the first byte, then after a share of what is left`()
    {
        let space = SpaceGuard()
        #expect(!space.isDue(for: 1 << 40, at: 0))
        space.begin(keeping: 1000)
        #expect(space.isDue(for: 1, at: 0))
        space.note(free: 1000 + 64 * 1_000_000)
        #expect(!space.isDue(for: 999_999, at: 1))
        #expect(space.isDue(for: 2, at: 1))
        // Close to the end it is looked at often, at last before each write.
        space.note(free: 1_001_000)
        #expect(!space.isDue(for: Int(Self.step), at: 1))
        #expect(space.isDue(for: 1, at: 1))
        space.note(free: 1001)
        #expect(!space.isDue(for: 1, at: 1))
        #expect(space.isDue(for: 1, at: 1))
        space.note(free: 999)
        #expect(space.isDue(for: 1, at: 1))
        space.note(free: .max)
        #expect(!space.isDue(for: 67_108_864, at: 1))
        #expect(space.isDue(for: 1, at: 1))
    }

    @Test func `free space is looked at once a second, because others write too`() {
        let space = SpaceGuard()
        space.begin(keeping: 1)
        #expect(space.isDue(for: 1, at: 5))
        space.note(free: .max)
        #expect(!space.isDue(for: 1, at: 1_000_000_004))
        #expect(space.isDue(for: 1, at: 1_000_000_005))
    }

    @Test(.enabled(if: MountedDisk.isAllowed, "only the superuser can mount"))
    func `what must stay free stays free, no matter who fills the disk`() async throws {
        try await Scratch.onDisk(of: "24m") { scratch in
            let part = try scratch.part("")
            part.keepFree(ByteCount(8 * 1_048_576))
            let bytes = [UInt8](repeating: 1, count: 65_536)
            var written: Int64 = 0
            let refusal = try failure {
                while written < 24 * 1_048_576 {
                    try part.write(bytes, at: written)
                    written += 65_536
                }
            }
            #expect(refusal.code == .noSpace)
            #expect(refusal.message.contains("must stay free"))
            // The kernel counts the pages of such a file system approximately.
            #expect(try FreeSpace.available(at: scratch.path) >= 8 * 1_048_576 - 131_072)
            #expect(written >= 15 * 1_048_576)
            // Reserved space is no excuse for taking part in filling it.
            let other = try scratch.part("")
            other.keepFree(ByteCount(8 * 1_048_576))
            #expect(try failure { try other.write(bytes, at: 0) }.code == .noSpace)
        }
    }

    @Test(.enabled(if: MountedDisk.isAllowed, "only the superuser can mount"))
    func `what was reserved and never written to is given back, and no byte is lost`() async throws
    {
        try await Scratch.onDisk(of: "24m") { scratch in
            try giveBack(in: scratch)
        }
        try await Scratch.with { try giveBack(in: $0) }
    }

    private func giveBack(in scratch: Scratch) throws {
        let part = try scratch.part("")
        try part.reserve(length: 16 * 1_048_576)
        let bytes = [UInt8](repeating: 7, count: 100_000)
        try part.write(bytes, at: 0)
        try part.write(bytes, at: 8 * 1_048_576)
        let length = try part.length
        part.giveBackSpace()
        #expect(try part.length == length)
        #expect(try part.allocatedLength < 1_048_576)
        // It can be reserved again.
        try part.reserve(length: 16 * 1_048_576)
        part.giveBackSpace()
        #expect(try part.allocatedLength < 1_048_576)
        let data = try Data(contentsOf: URL(fileURLWithPath: part.path))
        #expect(data.prefix(100_000).allSatisfy { $0 == 7 })
        #expect(data.suffix(100_000).allSatisfy { $0 == 7 })
        #expect(data.dropFirst(100_000).dropLast(100_000).allSatisfy { $0 == 0 })
    }
}
