import Testing

@testable import ADMCommands

@Suite struct ParserMessageTests {
    private static let usage = "Usage: adm list\n  See 'adm list --help' for more information."

    private func message(_ text: String, takers: [String] = []) -> ParserMessage {
        ParserMessage("Error: \(text)\n" + ParserMessageTests.usage) { _ in takers }
    }

    @Test func `an option that is near is suggested, and one that is far away is not`() {
        let near = message("Unknown option '--jsn'. Did you mean '--json'?")
        #expect(near.message == "unknown option --jsn")
        #expect(near.hint == "did you mean --json?")
        #expect(
            message("Unknown option '--user'. Did you mean '--json'?").hint?.contains("json")
                != true
        )
        #expect(message("Unknown option '--zzz'. Did you mean '--all'?").hint == nil)
    }

    @Test func `an option of other commands is told with those`() {
        let one = message("Unknown option '--follow'", takers: ["adm events"])
        #expect(one.hint == "adm events takes --follow")
        let two = message("Unknown option '--until-empty'", takers: ["adm run", "adm x"])
        #expect(two.hint == "adm run, adm x take --until-empty")
        let many = message("Unknown option '--all'", takers: ["adm a", "adm b", "adm c", "adm d"])
        #expect(many.hint == nil)
    }

    @Test func `an option of another tool is told with what adm download calls it`() {
        #expect(message("Unknown option '-P'").hint == "adm calls it --dir")
        #expect(message("Unknown option '-L'").hint == "leave it out")
    }

    @Test func `other messages stay as they are, with the usage below the hint`() {
        let text = "Missing expected argument '<job>'\nHelp:  <job>  The job."
        #expect(message(text).lines == ["adm: \(text)", ParserMessageTests.usage])
        #expect(
            message("Unknown option '-P'").lines == [
                "adm: unknown option -P", "hint: adm calls it --dir",
                ParserMessageTests.usage,
            ]
        )
    }

    @Test func `the parser knows which commands take an option`() {
        #expect(OptionTakers.of("--until-empty") == ["adm run"])
        #expect(OptionTakers.of("-u") == ["adm download", "adm resume"])
        #expect(OptionTakers.of("--nonsense").isEmpty)
    }
}
