import ADMCatalog
import ADMEngine
import ADMModel
import ADMSystem
import Foundation
import Testing

@Suite struct ListingTests {
    @Test func `each broken one is listed with its error and disturbs no other`() async throws {
        try await TestHome.with { home async throws in
            try await home.create("damaged", "good", "nameless", "typo")
            let database = try home.workspace("damaged").database
            try home.write(String(repeating: "no database ", count: 1000), to: database)
            try home.write("no uuid", to: home.workspace("nameless").identity)
            try home.write("\nlimit-rate = [1]\n", to: home.workspace("typo").profile)
            try home.write("", to: home.layout.workspaces + "/file")
            try home.write("", to: home.layout.workspaces + "/Bad Name/id")

            let list = try await home.library().list()
            let problems = Dictionary(uniqueKeysWithValues: list.map { ($0.name, $0.problems) })
            #expect(
                problems.keys.sorted() == [
                    "Bad Name", "damaged", "file", "good", "nameless", "typo",
                ]
            )
            #expect(problems["good"] == [])
            #expect(problems["damaged"]?.map(\.code) == [.databaseDamaged])
            #expect(problems["nameless"]?.map(\.code) == [.storage])
            #expect(problems["typo"]?.map(\.code) == [.configuration])
            #expect(problems["typo"]?.first?.message.contains("profile.toml:2") == true)
            #expect(problems["file"]?.map(\.code) == [.storage])
            #expect(problems["Bad Name"]?.map(\.code) == [.usage])

            let good = try #require(list.first { $0.name == "good" })
            #expect(good.jobs == [:])
            #expect(good.identity != nil)
            #expect(good.directory?.hasSuffix("/Downloads/adm/good") == true)
        }
    }

    @Test func `listing makes no database and leaves a damaged one as it is`() async throws {
        try await TestHome.with { home async throws in
            try await home.create("empty", "damaged")
            let damaged = try home.workspace("damaged").database
            let text = String(repeating: "no database ", count: 1000)
            try home.write(text, to: damaged)
            _ = try await home.library().list()
            #expect(try home.text(damaged) == text)
            #expect(try home.entries(home.workspace("empty").root) == ["id", "profile.toml"])
        }
    }

    @Test func `jobs are counted by state while another process has the database open`()
        async throws
    {
        try await TestHome.with { home async throws in
            try await home.create("work")
            try await home.withCatalog("work") { catalog, holder in
                let job = try await add("one", to: catalog)
                _ = try await catalog.queue.claim(number: job.number, owner: holder.id)
                try await add("two", to: catalog)
                let shown = try await home.library().show(WorkspaceName("work"))
                #expect(shown.jobs == [.running: 1, .ready: 1])
                #expect(shown.unfinishedCount == 2)
            }
        }
    }

    @Test func `showing one that does not exist names the nearest`() async throws {
        try await TestHome.with { home async throws in
            try await home.create("work")
            await expectFailure(.workspaceNotFound, "did you mean work?") {
                try await home.library().show(WorkspaceName("worl"))
            }
        }
    }
}
