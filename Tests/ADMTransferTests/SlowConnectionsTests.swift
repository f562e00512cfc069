import Testing

@testable import ADMTransfer

@Suite struct SlowConnectionsTests {
    /// Reports two connections once a second, each with its bytes a second, and returns who is ended.
    private func ended(_ speeds: [Int64], missing: Int64, seconds: Int) -> Set<Int> {
        var slowness = SlowConnections()
        let begin = ContinuousClock.now
        var slow: Set<Int> = []
        for second in 0...seconds {
            let reports = speeds.enumerated().map { number, speed in
                SlowConnections.Report(
                    number: number,
                    filled: speed * Int64(second),
                    missing: missing
                )
            }
            slow.formUnion(slowness.observe(reports, at: begin.advanced(by: .seconds(second))))
        }
        return slow
    }

    @Test func `H8 a connection far slower than the other is ended after the window`() {
        #expect(ended([1_000_000, 1], missing: 1_000_000, seconds: 4).isEmpty)
        #expect(ended([1_000_000, 1], missing: 1_000_000, seconds: 6) == [1])
    }

    @Test func `a server that is slow for all is left alone, and so is a rest that ends soon`() {
        #expect(ended([1000, 1000], missing: 1_000_000, seconds: 20).isEmpty)
        #expect(ended([1_000_000, 1000], missing: 4000, seconds: 20).isEmpty)
    }
}
