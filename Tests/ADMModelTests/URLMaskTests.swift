import ADMModel
import Testing

/// What is taken out of text before it is shown.
struct URLMaskTests {
    @Test(arguments: [
        "cannot fetch https://h/f?pass=s&sid=s: no": "cannot fetch https://h/f no",
        "to https://h/f#access_token=s": "to https://h/f",
        "(https://h/f?s)": "(https://h/f)",
        "\"https://h/f?a='s'&b=s\" is not a URL": "\"https://h/f\" is not a URL",
        "give 'https://h/f?s' or https://i/?s": "give 'https://h/f' or https://i/",
        "https://h/f?a='s'": "https://h/f",
        "url=https://h/f?s next": "url=https://h/f next",
        "HTTP://H/?s\nftp://h/?s\thttps://[::1]:8/?s": "HTTP://H/\nftp://h/\thttps://[::1]:8/",
        "https://u:p@h/f?s": "https://***@h/f",
        "did you mean https://h?": "did you mean https://h?",
        "what? a#b /tmp/a?b": "what? a#b /tmp/a?b",
    ])
    func `a query is cut from every URL of a text`(text: String, expected: String) {
        #expect(URLMask.mask(text) == expected)
    }

    @Test func `a failure has no query in its message, hint and cause`() {
        let url = "https://h/f?x=canary"
        let failure = Failure(.network, "\(url) broke", hint: "try \(url)", cause: "at \(url)")
        #expect(!failure.description.contains("canary"))
        #expect(failure.message == "https://h/f broke")
    }

    @Test(arguments: [
        "http:///u:canary@h/", "http:u:canary@h/", "http:/\\u:canary@h/", "http://\\u:canary@h",
    ])
    func `a password is masked however many slashes are before it`(text: String) {
        #expect(!SourceURL.redact(text).contains("canary"))
        let failure = #expect(throws: Failure.self) { try SourceURL(text) }
        #expect(failure?.description.contains("canary") == false, "\(failure?.message ?? "")")
    }

    @Test(arguments: [
        "http://u:X@can/ary@h/", "https://u:X@canary@h/f", "http://u:can/X@ary@h",
        "http://u@can/ary@h:8/",
    ])
    func `a password is masked whatever of it is not escaped`(text: String) {
        for masked in [
            URLMask.mask("to \(text) now"), URLMask.maskURL(text), SourceURL.redact(text),
        ] {
            for part in ["can", "ary", "X@"] { #expect(!masked.contains(part), "\(masked)") }
        }
    }

    @Test func `text that was meant as a URL has no query either`() throws {
        for text in ["h/f?x=canary y", "https:/h^?canary", "https://h /#canary", "ftp://h/?canary"]
        {
            let failure = #expect(throws: Failure.self) { try SourceURL(text) }
            #expect(failure?.description.contains("canary") == false, "\(failure?.message ?? "")")
        }
    }
}
