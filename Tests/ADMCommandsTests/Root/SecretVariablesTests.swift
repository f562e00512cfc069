import Testing

@testable import ADMCommands

/// Which variables make a process keep its memory to itself.
struct SecretVariablesTests {
    @Test(arguments: [
        "ADM_CREDENTIAL_FILES_EXAMPLE_ORG": "bearer x",
        "ADM_HTTP_CREDENTIAL_127_0_0_1_8080": "basic a:b",
        "https_proxy": "http://a:b@proxy:3128",
        "ALL_PROXY": "socks5://a:b@proxy",
    ])
    func `a credential or a proxy with a password is a secret`(name: String, value: String) {
        #expect(SecretVariables.arePresent(in: ["HOME": "/", name: value]))
        #expect(!SecretVariables.arePresent(in: [name: ""]))
    }

    @Test(arguments: [
        "ADM_CREDENTIAL_STORE": "file", "ADM_CREDENTIAL_COMMAND": "pass show x",
        "ADM_CREDENTIAL_KEY_FILE": "/key", "http_proxy": "http://proxy:3128",
        "MAIL": "a@b.example",
    ])
    func `a setting is none`(name: String, value: String) {
        #expect(!SecretVariables.arePresent(in: [name: value]))
    }
}
