import ADMSystem
import Foundation
import Glibc
import Testing

/// Streams that others share and that take or give a part at a time.
@Suite(.timeLimit(.minutes(1)))
struct StandardStreamTests {
    @Test func `a pipe that never waits gets everything, in order`() async throws {
        let pipe = Pipe()
        let reader = StandardStream(pipe.fileHandleForReading.fileDescriptor)
        let writer = StandardStream(pipe.fileHandleForWriting.fileDescriptor)
        #expect(fcntl(writer.number, F_SETFL, O_WRONLY | O_NONBLOCK) == 0)
        // More than a pipe holds, so that a write has to wait for the reader.
        let bytes = (0..<300_000).map { UInt8(truncatingIfNeeded: $0 / 7) }
        async let written: Void = Blocking.run { () throws(Errno) in try writer.write(bytes) }
        var arrived: [UInt8] = []
        while arrived.count < bytes.count {
            if let piece = try reader.read(limit: 50_000, within: 100) { arrived += piece }
        }
        try await written
        #expect(arrived == bytes)
    }

    @Test func `nothing yet and the end are told apart`() throws {
        let pipe = Pipe()
        let reader = StandardStream(pipe.fileHandleForReading.fileDescriptor)
        #expect(!reader.hasInput)
        #expect(try reader.read(limit: 10, within: 0) == nil)
        try StandardStream(pipe.fileHandleForWriting.fileDescriptor).write("ab")
        #expect(reader.hasInput)
        #expect(try reader.read(limit: 1, within: 0) == [0x61])
        #expect(try reader.read(limit: 10, within: 0) == [0x62])
        try pipe.fileHandleForWriting.close()
        #expect(try reader.read(limit: 10, within: 0) == [])
    }

    @Test func `a failed write is reported with its error`() {
        let error = #expect(throws: Errno.self) { try StandardStream(-1).write("a") }
        #expect(error?.code == EBADF)
        #expect(error?.text == "Bad file descriptor")
    }
}
