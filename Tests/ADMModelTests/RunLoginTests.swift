import ADMModel
import Testing

@Suite struct RunLoginTests {
    @Test func `the first server gets the login once, another one never`() throws {
        var login = RunLogin(user: "alice", secret: Secret("pw"))
        let first = try SourceURL("https://h.example/a").origin
        let given = try #require(try login.login(for: first))
        #expect(given.credential.user == "alice")
        #expect(given.credential.origin == first)
        #expect(given.credential.scope == "/")
        #expect(try login.login(for: first) == nil)
        for other in ["http://h.example/a", "https://h.example:444/", "https://i.example/"] {
            let failure = #expect(throws: Failure.self) {
                try login.login(for: SourceURL(other).origin)
            }
            #expect(failure?.code == .usage)
            #expect(failure?.message.contains("pw") == false)
        }
    }

    @Test func `requests to several servers are refused before anything is sent`() throws {
        let same = try ["https://h/a", "https://h:443/b"].map { JobRequest(url: try SourceURL($0)) }
        try RunLogin.check(same)
        let other = same + [JobRequest(url: try SourceURL("https://i/"))]
        #expect(throws: Failure.self) { try RunLogin.check(other) }
    }
}
