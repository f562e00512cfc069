import ADMEngine
import ADMModel
import ADMTestServer
import ADMTestSupport
import Foundation
import Testing

/// What asks servers outside of any job.
@Suite(.timeLimit(.minutes(1))) struct ProbeTests {
    @Test func `a credential is tested by asking with it and without`() async throws {
        var behaviour = Behaviour()
        // "me:secret" in base64.
        behaviour.requiredHeader = .init("Authorization", "Basic bWU6c2VjcmV0")
        let file = TestFile("/file.bin", length: 1000, seed: 4, behaviour)
        try await JobRig.with([file]) { rig in
            let netrc = rig.root + "/netrc"
            try Data("machine 127.0.0.1 login me password secret\n".utf8)
                .write(to: URL(fileURLWithPath: netrc))
            try FileManager.default.setAttributes(
                [.posixPermissions: 0o600],
                ofItemAtPath: netrc
            )
            var options = HomeOptions()
            options.netrc = netrc
            try await rig.open(options: options) { bench in
                let test = try await bench.test(rig.url("/file.bin"))
                #expect(test.sent.count == 1)
                #expect((200..<300).contains(test.status))
                #expect(test.anonymousStatus == 401)
            }
            try await rig.open { bench in
                let test = try await bench.test(rig.url("/file.bin"))
                #expect(test.sent.isEmpty && test.status == 401 && test.anonymousStatus == nil)
            }
        }
    }

    @Test func `a document is read from where redirects lead, with the fields of the caller`()
        async throws
    {
        var leading = Behaviour()
        leading.redirection = Redirection(.path("/v2/list.meta4"))
        let secret = try HeaderField(name: "Authorization", value: "Bearer abc")
        try await JobRig.with([TestFile("/list.meta4", length: 0, leading)]) { rig in
            rig.serve(
                """
                <metalink xmlns="urn:ietf:params:xml:ns:metalink">
                <file name="a.bin"><url>data/a.bin</url></file></metalink>
                """,
                at: "/v2/list.meta4"
            )
            try await rig.open { bench in
                let url = try rig.url("/list.meta4")
                let document = try await bench.metalink(at: url, headers: [secret])
                let request = try #require(document.requests(like: JobOptions()).first).get()
                #expect(request.url == (try rig.url("/v2/data/a.bin")))
                let sent = rig.server.requests().map { $0.header("authorization") }
                #expect(sent == ["Bearer abc", "Bearer abc"])
                await expectFailure(.remoteNotFound, "the Metalink cannot be had") {
                    try await bench.metalink(at: rig.url("/missing"))
                }
            }
        }
    }
}
