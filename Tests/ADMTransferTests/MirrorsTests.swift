import ADMModel
import Testing

@testable import ADMTransfer

/// Which server gives the next part, and which leads after a failure.
@Suite struct MirrorsTests {
    private func url(_ text: String) throws -> SourceURL { try SourceURL(text) }

    private func mirrors(_ others: String...) throws -> Mirrors {
        Mirrors(try url("https://a.org/f"), try others.map { try url($0) })
    }

    @Test func `the next connection goes to the server with the fewest`() throws {
        var mirrors = try mirrors("https://b.org/f", "https://c.org/f")
        let order = (0..<6).map { _ in mirrors.takeOther() }
        #expect(order == [nil, 1, 2, nil, 1, 2])
        mirrors.ended(2, hasFailed: false)
        let next = mirrors.takeOther()
        #expect(next == 2)
    }

    @Test func `a mirror that failed gives nothing more`() throws {
        var mirrors = try mirrors("https://b.org/f")
        #expect(mirrors.hasOthers)
        let order = [mirrors.takeOther(), mirrors.takeOther()]
        #expect(order == [nil, 1])
        mirrors.ended(1, hasFailed: true)
        #expect(!mirrors.hasOthers)
        let next = mirrors.takeOther()
        #expect(next == nil)
    }

    @Test func `after a failure the next one leads, until none is left`() throws {
        var mirrors = try mirrors("https://b.org/f", "https://c.org/f")
        var leaders: [String] = []
        while mirrors.failOver() { leaders.append(mirrors.url.string) }
        #expect(leaders == ["https://b.org/f", "https://c.org/f"])
    }

    @Test func `a safe server has no unsafe mirrors, and nobody is asked twice`() throws {
        var mirrors = try mirrors("http://b.org/f", "https://a.org/f")
        #expect(!mirrors.hasOthers)
        mirrors.add(try (0..<40).map { try url("https://m\($0).org/f") })
        var count = 0
        while mirrors.failOver() { count += 1 }
        #expect(count == 16)
    }
}
