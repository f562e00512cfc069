import ADMModel
import Testing

@testable import ADMSecrets

/// What a `.netrc` file says (ftp(1)).
struct NetrcTests {
    private func login(
        _ text: String,
        _ host: String = "example.org"
    ) throws(Failure) -> String? {
        let origin = SourceURL.Origin(scheme: "https", host: host, port: 443)
        return try Netrc(Array(text.utf8), path: "/n").grant(for: origin).map { grant in
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
    func `the entry of the host is found`(text: String) throws {
        #expect(try login(text) == "alice/s3")
    }

    @Test(arguments: [
        #"machine example.org login a password "x \"y\" # z""#: "a/x \"y\" # z",
        #"machine example.org login a password "machine""#: "a/machine",
        #"machine example.org login a password """#: "a/",
        #"machine example.org login a password "\\\t""#: "a/\\\t",
    ])
    func `a quoted password may hold anything`(text: String, expected: String) throws {
        #expect(try login(text) == expected)
    }

    @Test(arguments: [
        "machine example.org login u password #secret": "u/#secret",
        "machine example.org login #u password p": "#u/p",
        "machine example.org login u password p#q": "u/p#q",
        "machine example.org login u password\n#p\n": "u/#p",
        "machine example.org login u password p # login x": "u/p",
        "machine example.org # login x password y\nlogin u password p": "u/p",
        "machine example.org login u password a\\b": "u/a\\b",
        "machine example.org\r\nlogin u\r\npassword p\r\n": "u/p",
        "\u{FEFF}machine example.org login u password p": "u/p",
        "machine example.org login u port 8080 password p": "u/p",
        "machine example.org login u password p account": "u/p",
        "machine example.org login u password p\nmacdef x": "u/p",
        "machine\nmachine example.org login u password p": "u/p",
        "machine other login x password\nmachine example.org login u password p": "u/p",
        "machine other login x password \"y\nmachine example.org login u password p": "u/p",
        "machine other login x password #s\nmachine example.org login u password p": "u/p",
        "machine m login x macdef i\r\ncd\r\n \r\nmachine example.org login u password p": "u/p",
        "machine example.org login u\nmachine example.org login v password p": "v/p",
    ])
    func `a number sign in a value is data, and no entry takes from the next`(
        text: String,
        expected: String
    ) throws {
        #expect(try login(text) == expected)
    }

    @Test(arguments: [
        "machine example.org login u password\nmachine b login x password y": "/n:1: password has",
        "machine example.org\n login\n password p": "/n:2: login has no value",
        "machine example.org login u password": "/n:1: password has no value",
        "machine example.org login u password machine b login x password y": "/n:1: password has",
        "machine example.org login u password p b login x password y": "/n:1: a second login",
        "machine example.org login u\npassword \"p": "/n:2: a quote has no end",
        "machine example.org login u password p\\n\npassword q": "/n:2: a second password",
        "machine example.org login u password default login d password e": "/n:1: password has",
    ])
    func `an entry that cannot be understood is refused with its line`(
        text: String,
        message: String
    ) throws {
        let failure = #expect(throws: Failure.self) { try login(text) }
        #expect(failure?.code == .configuration)
        #expect(failure?.message.hasPrefix(message) == true, "\(failure?.message ?? "")")
    }

    @Test func `a password in another encoding is sent as it is`() throws {
        let bytes = Array("machine h login u password ".utf8) + [0xE4, 0x0A]
        let origin = SourceURL.Origin(scheme: "https", host: "h", port: 443)
        #expect(try Netrc(bytes, path: "/n").grant(for: origin)?.secret.bytes == [0xE4])
    }

    @Test(arguments: [
        "default login alice password s3", "machine example.org.evil login a password b",
        "machine org login a password b", "machine example.org login alice", "machine", "",
        "machine example.org:443 login a password b",
        "machine a login b password c\nmacdef x\nmachine example.org login a password b",
        "default login d password e\nlogin a password b",
    ])
    func `nothing is sent to a host that has no whole entry`(text: String) throws {
        #expect(try login(text) == nil)
    }
}
