import ADMSystem
import ADMTestSupport
import Testing

@Suite struct OwnProcessTests {
    @Test func `reading the mask does not change it`() async throws {
        let first = OwnProcess.creationMask
        #expect(OwnProcess.creationMask == first)
        let shell = ChildProcess.Command("/bin/sh", ["-c", "umask"])
        let printed = try await ChildProcess.output(shell)
        #expect(UInt32(printed.output.filter(\.isNumber), radix: 8) == first)
    }
}
