import ADMDisk
import ADMModel
import ADMTestSupport
import Foundation
import Testing

@Suite struct FreeSpaceTests {
    @Test func `the free space is what df prints`() async throws {
        try await Scratch.with { scratch in
            let printed = try await ChildProcess.text(of: [
                "df", "--output=avail", "-B1", scratch.path,
            ])
            let expected = try #require(Int64(printed.split(separator: "\n")[1].filter(\.isNumber)))
            let free = try FreeSpace.available(at: scratch.path)
            // Others write to that file system at the same time.
            #expect(abs(free - expected) < 1 << 30)
        }
    }

    @Test func `a path is judged by its nearest parent`() async throws {
        try await Scratch.with { scratch in
            try scratch.write("", to: "file")
            for path in [scratch("a/b/c"), scratch("file/below"), scratch("a/../b"), "/gone/x"] {
                #expect(try FreeSpace.available(at: path) > 0)
            }
            #expect(try FreeSpace.available(at: "gone/relative") > 0)
        }
    }

    @Test func `nothing needs nothing`() async throws {
        try await Scratch.with { scratch in
            try FreeSpace.require(bytes: 0, keeping: 0, at: scratch.path)
            try FreeSpace.require(bytes: -5, keeping: -5, at: scratch.path)
        }
    }

    @Test func `D1 what does not fit is refused with what is needed and what there is`()
        async throws
    {
        try await Scratch.with { scratch in
            let refusal = try failure {
                try FreeSpace.require(bytes: 1 << 60, keeping: 0, at: scratch.path)
            }
            #expect(refusal.code == .noSpace)
            #expect(refusal.message.hasPrefix("\(scratch.path) needs 1.00 EiB more and has "))
            #expect(refusal.message.contains("(file system mounted on /"))
            #expect(!refusal.message.contains("must stay free"))
        }
    }
}
