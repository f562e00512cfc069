import ADMModel
import Testing

@testable import ADMDocuments

@Suite struct JobBodyTests {
    @Test func `every field is read`() throws {
        let body = try JobBody.parse(
            """
            {"url": "https://h/a", "filename": "b", "dir": "/d", "hash": "md5:00", "if_exists": "skip",
             "priority": -2, "headers": ["A: b"], "mirrors": ["https://m/a"], "tags": ["t"],
             "at": "+1h", "after": 7, "unique": true, "settings": {"retries": "2"}}
            """
        )
        #expect(body.url == "https://h/a")
        #expect(body.filename == "b")
        #expect(body.dir == "/d")
        #expect(body.hash == "md5:00")
        #expect(body.ifExists == .skip)
        #expect(body.priority == -2)
        #expect(body.headers == ["A: b"])
        #expect(body.mirrors == ["https://m/a"])
        #expect(body.tags == ["t"])
        #expect(body.at == "+1h")
        #expect(body.after == 7)
        #expect(body.unique == true)
        #expect(body.settings == ["retries": "2"])
        // A field of the value that the table does not know would never be read.
        #expect(Mirror(reflecting: body).children.count == JobBody.description.fields.count)
    }

    @Test func `null is the same as nothing`() throws {
        #expect(
            try JobBody.parse(#"{"url":"u","tags":null,"priority":null}"#)
                == JobBody.parse(#"{"url":"u"}"#)
        )
    }

    @Test(
        arguments: [
            (#"{"tags":[]}"#, "the field url is missing"),
            (#"{"url":1}"#, "the field url has a wrong value: it must be a string"),
            (
                #"{"url":"u","tags":"x"}"#,
                "the field tags has a wrong value: it must be a list of strings"
            ),
            (
                #"{"url":"u","settings":{"retries":2}}"#,
                "the field settings.retries has a wrong value: it must be a string"
            ),
            (
                #"{"url":"u","priority":"x"}"#,
                "the field priority has a wrong value: it must be a whole number from -1000000 to 1000000"
            ),
            (#"{"url":"u","filname":"x"}"#, "there is no field \"filname\""),
            (#"{"url":"u","if_exists":"maybe"}"#, "the field if_exists has a wrong value"),
            (
                #"{"url":"u","mirrors":[1]}"#,
                "the field mirrors.1 has a wrong value: it must be a string"
            ),
            (
                #"{"url":"u","settings":{"9223372036854775807":1}}"#,
                "the field settings.9223372036854775807 has a wrong value: it must be a string"
            ),
            (#"["url"]"#, "it is not a JSON object"), ("{", "it is not a JSON object"),
            (#"{"url":"u","priority":1.5}"#, "the priority is a whole number"),
        ]
    )
    func `what is wrong is named`(line: String, message: String) {
        let failure = #expect(throws: Failure.self) { try JobBody.parse(line) }
        #expect(failure?.code == .usage)
        #expect(failure?.message.hasPrefix(message) == true)
    }
}
