import ADMEngine
import ADMModel
import ArgumentParser
import Testing

@testable import ADMCommands

@Suite struct BatchOptionTests {
    private static let values = [
        "filename": "a", "dir": "/d", "hash": "md5:00000000000000000000000000000000",
        "mirror": "https://m/a", "if-exists": "skip", "priority": "2", "header": "A: b",
    ]

    @Test(arguments: Batch.optionNames)
    func `every option that the help names is read from a line`(name: String) throws {
        let value = try #require(BatchOptionTests.values[name])
        let options = try DownloadOptions.parse([])
        let batch = try Batch(path: "/dev/null", options: options, headers: [])
        var credentials = URLCredentials(CredentialSettings())
        let plain = try batch.request(for: "https://h/a", &credentials)
        let line = LineReader.Line(number: 1, text: "https://h/a\t\(name)=\(value)")
        let request = try #require(try batch.request(line, &credentials))
        #expect(request != plain)
        #expect(ADM.helpMessage(for: Download.self).contains("\(name)="))
    }
}
