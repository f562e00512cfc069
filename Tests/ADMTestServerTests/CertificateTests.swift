import ADMModel
import ADMTestServer
import ADMTestSupport
import Foundation
import Testing

@Suite(.timeLimit(.minutes(1))) struct CertificateTests {
    private let file = TestFile("/file.bin", length: 3_000_000, seed: 5)

    @Test(arguments: ["127.0.0.1", "localhost"])
    func `a good certificate is accepted`(host: String) async throws {
        let certificates = try TestCertificates.shared()
        try await TestServer.run(tls: certificates.good, files: [file]) { server in
            let url = server.url("/file.bin", host: host)
            #expect(url.hasPrefix("https://\(host):"))
            let answer = try await Curl.fetch(url, "--cacert", certificates.authority)
            #expect(answer.status == 0)
            #expect(answer.body == Data(file.body.bytes(in: ByteRange(0, 3_000_000))))
        }
    }

    @Test func `T1 an unknown authority, a wrong name and an expired date are refused`()
        async throws
    {
        let certificates = try TestCertificates.shared()
        try await TestServer.run(tls: certificates.good, files: [file]) { server async throws in
            #expect(try await Curl.fetch(server.url("/file.bin")).status == 60)
        }
        for bad in [certificates.wrongName, certificates.expired] {
            try await TestServer.run(tls: bad, files: [file]) { server in
                let url = server.url("/file.bin")
                let answer = try await Curl.fetch(url, "--cacert", certificates.authority)
                #expect(answer.status == 60)
                #expect(try await Curl.fetch(url, "--insecure").status == 0)
            }
        }
    }

    @Test func `T5 a body can end with close_notify or, if it is cut, without`() async throws {
        let certificates = try TestCertificates.shared()
        var whole = TestFile("/whole", length: 1000)
        whole.behaviour.framing = .untilClose
        var cut = TestFile("/cut", length: 1000)
        cut.behaviour = whole.behaviour
        cut.behaviour.interruptions = [.cut(after: 500)]
        try await TestServer.run(tls: certificates.good, files: [whole, cut]) { server in
            for (path, isCut) in [("/whole", false), ("/cut", true)] {
                // s_client complains of an end of the connection that TLS did not announce.
                let outcome = try await ChildProcess.output(
                    ChildProcess.Command(
                        "/usr/bin/env",
                        ["openssl", "s_client", "-quiet", "-connect", "127.0.0.1:\(server.port)"],
                        input: .text("GET \(path) HTTP/1.1\r\nHost: x\r\n\r\n")
                    )
                )
                #expect(outcome.errorOutput.contains("unexpected eof") == isCut)
            }
        }
    }

    @Test func `a body is cut over TLS after exactly this many bytes`() async throws {
        let certificates = try TestCertificates.shared()
        var file = file
        file.behaviour.interruptions = [.cut(after: 1_000_001)]
        try await TestServer.run(tls: certificates.good, files: [file]) { server in
            let url = server.url("/file.bin")
            let answer = try await Curl.fetch(url, "--cacert", certificates.authority)
            #expect(answer.status != 0)
            #expect(answer.body == Data(file.body.bytes(in: ByteRange(0, 1_000_001))))
        }
    }

    @Test func `a certificate that is not there is a configuration failure`() async throws {
        let missing = TestServer.TLS(certificateFile: "/none.pem", keyFile: "/none.key")
        await #expect {
            try await TestServer.run(tls: missing) { _ in }
        } throws: {
            ($0 as? Failure)?.code == .configuration
        }
    }
}
