import Foundation
import Testing

@testable import FuzzTargets

/// Every reader of outside text keeps its promises, for the corpus and for variants of it.
struct CorpusTests {
    @Test(arguments: FuzzTarget.all.map(\.name))
    func `what was kept is read as promised, and so are variants of it`(name: String) throws {
        let target = try #require(FuzzTarget.all.first { $0.name == name })
        let corpus = try Corpus(of: target)
        #expect(corpus.seeds.count >= 5, "the corpus is too small to mean something")
        for problem in corpus.broken(by: target, variants: 12) { Issue.record("\(problem)") }
    }

    @Test func `every target has a corpus, and every corpus a target`() throws {
        let folders = try FileManager.default.contentsOfDirectory(atPath: Corpus.root.path)
        #expect(folders.sorted() == FuzzTarget.all.map(\.name).sorted())
    }

    @Test func `a promise that is broken for a variant is told with its input`() throws {
        let usual = try #require(FuzzTarget.all.first { $0.name == "content-range" })
        let target = FuzzTarget(usual.name) { input in
            try promise(!input.contains(0x22), "there is a quote")
        }
        let problems = try Corpus(of: target).broken(by: target, variants: 500)
        #expect(!problems.isEmpty)
        #expect(problems.allSatisfy { $0.contains("there is a quote") && $0.contains(#"\""#) })
    }

    @Test func `variants are the same in every run, and differ from each other`() {
        let words = ["bytes 0-499/1234", "bytes */7"].map { Array($0.utf8) }
        func variants() -> [[UInt8]] {
            var variation = Variation(seed: 7, words: words)
            return (0..<200).map { _ in variation.next(of: words[0]) }
        }
        #expect(variants() == variants())
        #expect(Set(variants()).count > 150)
        #expect(
            variants().contains {
                String(decoding: $0, as: UTF8.self).contains("9223372036854775808")
            }
        )
    }
}
