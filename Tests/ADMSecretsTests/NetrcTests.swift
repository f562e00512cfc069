import ADMModel
import Testing

@testable import ADMSecrets

/// What a `.netrc` file says (ftp(1)).
struct NetrcTests {
    private func login(_ text: String, _ host: String = "example.org") -> String? {
        let origin = SourceURL.Origin(scheme: "https", host: host, port: 443)
        return Netrc(text: text).grant(for: origin).map { grant in
            "\(grant.credential.user ?? "")/\(grant.secret.text ?? "")"
        }
    }

    @Test(arguments: [
        "machine example.org login alice password s3",
        "# machine example.org login x password y\nmachine example.org\n\tlogin alice\n\tpassword s3",
        "machine a login b password c machine Example.ORG account z login alice password s3",
        "machine m macdef init\nmachine example.org login x password y\n\n"
            + "machine example.org login alice password s3",
        "machine \"example.org\" login \"alice\" password \"s3\"",
        "default login d password e\nmachine example.org login alice password s3",
    ])
    func `the entry of the host is found`(text: String) {
        #expect(login(text) == "alice/s3")
    }

    @Test func `quoted passwords may hold blanks and quotes`() {
        let text = #"machine example.org login a password "x \"y\" # z""#
        #expect(login(text) == "a/x \"y\" # z")
    }

    @Test(arguments: [
        "default login alice password s3", "machine example.org.evil login a password b",
        "machine org login a password b", "machine example.org login alice", "machine", "",
    ])
    func `nothing is sent to a host that has no whole entry`(text: String) {
        #expect(login(text) == nil)
    }
}
