import ADMModel
import Foundation
import Testing

@testable import ADMServer

/// How far a client has come in each workspace.
struct EventPlacesTests {
    private let one = UUID(uuidString: "F4CAB4E8-5A44-4665-9110-375A4ECA54E0") ?? UUID()
    private let two = UUID(uuidString: "07D1A3C2-5A44-4665-9110-375A4ECA54E0") ?? UUID()

    @Test func `the text is read back`() throws {
        var places = EventPlaces()
        places[one] = 12
        places[two] = 4
        #expect(places.text == "07d1a3c2:4,f4cab4e8:12")
        let read = try #require(EventPlaces(places.text))
        #expect(read == places)
        #expect(read[one] == 12)
        #expect(read[UUID()] == nil)
    }

    @Test(arguments: [
        "", "12", "f4cab4e8", "f4cab4e8:", "f4cab4e8:-1", "f4cab4e8:1,", "zzzzzzzz:1", "f4cab4e:1",
        "f4cab4e8:99999999999999999999", "f4cab4e8:1:2",
    ])
    func `a text that is none is refused`(text: String) {
        #expect(EventPlaces(text) == nil)
    }
}
