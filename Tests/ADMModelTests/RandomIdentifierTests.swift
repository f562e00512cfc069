import ADMModel
import Foundation
import Testing

struct RandomIdentifierTests {
    @Test func `random identifiers are of version 4 and differ`() {
        let some = (0..<1000).map { _ in UUID.random() }
        #expect(Set(some).count == 1000)
        for one in some {
            let text = Array(one.uuidString)
            #expect(text[14] == "4")
            #expect("89AB".contains(text[19]))
        }
    }
}
