import ADMTestServer
import ADMTestSupport
import Foundation
import Testing

@Suite(.timeLimit(.minutes(2))) struct CatalogueTests {
    @Test func `names, paths and ids are different`() {
        let items = Catalogue.items
        #expect(Set(items.map(\.id)).count == items.count)
        #expect(Set(items.map(\.file.path)).count == items.count)
        #expect(Set(items.map(\.fileName)).count == items.count)
    }

    @Test(arguments: Catalogue.items.map(\.id))
    func `an item can be downloaded`(id: String) async throws {
        let item = try #require(Catalogue.items.first { $0.id == id })
        try await withTemporaryDirectory { directory in
            try await TestServer.run(files: Catalogue.files) { server in
                let target = directory + "/" + id
                let url = server.url(item.target)
                let options = ["-q", "-sSfL", "--retry", "5", "--retry-all-errors", "-o", target]
                let outcome = try await ChildProcess.output(
                    ChildProcess.Command("/usr/bin/env", ["curl"] + options + [url])
                )
                #expect(outcome.status == 0, "\(outcome.errorOutput)")
                #expect(try item.body.firstDifference(file: target) == nil)
            }
        }
    }

    @Test(arguments: Catalogue.items.filter { $0.file.behaviour.reprDigest != nil }.map(\.id))
    func `H18 the digest that is sent is right`(id: String) async throws {
        let item = try #require(Catalogue.items.first { $0.id == id })
        #expect(try await item.body.digestField() == item.file.behaviour.reprDigest)
    }

    @Test func `a slow item takes less time over more connections`() throws {
        let slow = try #require(Catalogue.items.first { $0.id == "slow" })
        let rate = try #require(slow.file.behaviour.bytesPerSecond)
        #expect(slow.length / Int64(rate) >= 4)
    }
}
