import Testing

@testable import ADMScheduling

/// A suspect runs alone in its process, or others run.
@Suite struct SolitudeTests {
    @Test func `nothing begins beside a suspect until it has ended`() {
        let solitude = Solitude()
        #expect(solitude.takeAlone())
        #expect(!solitude.takeAlone())
        #expect(!solitude.mayClaim())
        solitude.ended()
        #expect(solitude.mayClaim())
        solitude.begun(0)
        #expect(solitude.takeAlone())
    }

    @Test func `a suspect waits until everything else has ended`() {
        let solitude = Solitude()
        #expect(solitude.mayClaim())
        // While others are being claimed, nobody knows how many there will be.
        #expect(!solitude.takeAlone())
        solitude.begun(2)
        #expect(!solitude.takeAlone())
        solitude.ended()
        #expect(!solitude.takeAlone())
        #expect(solitude.mayClaim())
        solitude.begun(0)
        solitude.ended()
        #expect(solitude.takeAlone())
    }

    @Test func `a suspect that is cleared has company, and no other is alone beside it`() {
        let solitude = Solitude()
        #expect(solitude.takeAlone())
        solitude.lift()
        #expect(solitude.mayClaim())
        solitude.begun(1)
        #expect(!solitude.takeAlone())
        solitude.ended()
        #expect(!solitude.takeAlone())
        solitude.ended()
        #expect(solitude.takeAlone())
    }
}
