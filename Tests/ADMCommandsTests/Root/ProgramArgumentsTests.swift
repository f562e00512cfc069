import ADMModel
import Testing

@testable import ADMCommands

/// Arguments, which are bytes.
struct ProgramArgumentsTests {
    @Test func `a URL in another encoding keeps its bytes`() throws {
        let url = Array("HTTPS://example.org/caf".utf8) + [0xE9]
        #expect(
            try ProgramArguments.text(of: [Array("download".utf8), url])
                == ["download", "HTTPS://example.org/caf%E9"]
        )
    }

    @Test func `a path that is not UTF-8 is refused and shown`() throws {
        let path = Array("/tmp/m".utf8) + [0xFC] + Array("ller".utf8)
        let problem = #expect(throws: Failure.self) {
            try ProgramArguments.text(of: [Array("-d".utf8), path])
        }
        #expect(problem?.code == .usage)
        #expect(problem?.message == "argument 2 (/tmp/m\\xFCller) is not valid UTF-8")
    }

    @Test func `what may be a secret is refused and not shown`() throws {
        let field = Array("Cookie: hunter".utf8) + [0xE9]
        let problem = #expect(throws: Failure.self) { try ProgramArguments.text(of: [field]) }
        #expect(problem?.message == "argument 1 is not valid UTF-8")
    }
}
