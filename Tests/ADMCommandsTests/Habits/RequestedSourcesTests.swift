import ADMModel
import Testing

@testable import ADMCommands

@Suite struct RequestedSourcesTests {
    private func sources(
        _ words: [String],
        inputFile: String? = nil
    ) throws(Failure) -> RequestedSources {
        try RequestedSources(words, inputFile: inputFile, verb: "adm add") {
            ["urls.txt", "example.org/a", "batch", "a.meta4"].contains($0)
        }
    }

    @Test(arguments: [
        ["batch", "x.txt"]: "x.txt", ["urls.txt"]: "urls.txt", ["-"]: "-", ["batch", "-"]: "-",
        ["example.org/a"]: "example.org/a",
    ])
    func `batch, a hyphen and a file that exists are a list`(
        _ words: [String],
        _ path: String
    ) throws {
        #expect(try sources(words) == .list(path))
        #expect(try sources([], inputFile: path) == .list(path))
        #expect(try sources(words).readsInput == (path == "-" ? "the list of URLs" : nil))
    }

    @Test func `everything else is a URL, whether it is one or not`() throws {
        for words in [["https://h/a", "https://h/b"], ["example.org/b"], []] {
            #expect(try sources(words) == .urls(words))
        }
    }

    @Test(arguments: [
        ["urls.txt", "https://h/a"], ["https://h/a", "-"], ["batch"], ["batch", "a", "b"],
    ])
    func `a list stands alone`(_ words: [String]) throws {
        let failure = #expect(throws: Failure.self) { try sources(words) }
        #expect(failure?.code == .usage)
        #expect(failure?.hint?.contains("adm add batch") == true)
    }

    @Test func `a Metalink is no list`() {
        let failure = #expect(throws: Failure.self) { try sources(["a.meta4"]) }
        #expect(failure?.hint == "adm add --metalink a.meta4")
    }

    @Test func `a list in an option stands alone too`() {
        let failure = #expect(throws: Failure.self) {
            try sources(["https://h/a"], inputFile: "urls.txt")
        }
        #expect(failure?.code == .usage)
    }
}
