import ADMModel
import ADMTestSupport
import Testing

@testable import ADMServer

/// The last events of a workspace: what is kept is right, and what is not kept is said.
@Suite struct EventRingTests {
    private func message(_ sequence: Int64) -> EventRing.Message {
        EventRing.Message(sequence: sequence, name: "download.queued", data: "{\"n\":\(sequence)}")
    }

    @Test func `a new ring has nothing, and knows nothing of before`() {
        let ring = EventRing(after: 7)
        #expect(ring.last == 7)
        #expect(ring.messages(after: 7, limit: 10) == [])
        #expect(ring.messages(after: 8, limit: 10) == [])
        #expect(ring.messages(after: 6, limit: 10) == nil)
        #expect(ring.messages(after: 0, limit: 10) == nil)
        #expect(EventRing(after: 0).messages(after: 0, limit: 10) == [])
    }

    @Test func `the oldest goes when it is full`() {
        var ring = EventRing(after: 0)
        let capacity = Int64(EventRing.capacity)
        for sequence in 1...capacity { ring.add(message(sequence)) }
        #expect(ring.messages(after: 0, limit: 1) == [message(1)])
        ring.add(message(capacity + 1))
        #expect(ring.messages(after: 0, limit: 1) == nil)
        #expect(ring.messages(after: 1, limit: 1) == [message(2)])
        let all = ring.messages(after: 1, limit: Int.max / 2)
        #expect(all == (2...capacity + 1).map(message))
    }

    @Test(arguments: [1, 2, 3] as [UInt64])
    func `it answers as a list of all events does that forgets the oldest`(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        let begin = Int64.random(in: 0...10_000, using: &generator)
        var ring = EventRing(after: begin)
        var model: [EventRing.Message] = []
        var last = begin
        for _ in 0..<400 {
            for _ in 0..<Int.random(in: 0...60, using: &generator) {
                last += 1
                ring.add(message(last))
                model.append(message(last))
            }
            model = Array(model.suffix(EventRing.capacity))
            let before = max(0, last - Int64(EventRing.capacity) - 10)
            let asked = Int64.random(in: before...last + 2, using: &generator)
            let limit = Int.random(in: 1...700, using: &generator)
            let missed = asked < last ? asked + 1 : nil
            let isKept = missed.map { missed in model.contains { $0.sequence == missed } } ?? true
            let expected = isKept ? Array(model.filter { $0.sequence > asked }.prefix(limit)) : nil
            #expect(ring.messages(after: asked, limit: limit) == expected, "seed \(seed)")
            #expect(ring.last == last)
        }
        #expect(last - begin > Int64(EventRing.capacity), "it was full at least once")
    }

    @Test func `an event is a message with its number, and may name its workspace`() throws {
        let text = message(7).text
        #expect(text == "id: 7\nevent: download.queued\ndata: {\"n\":7}\n\n")
        let named = message(7).text(id: "0a1b2c3d:7", workspace: try WorkspaceName("work"))
        #expect(named.hasPrefix("id: 0a1b2c3d:7\nevent: download.queued\n"))
        #expect(named.hasSuffix("data: {\"workspace\":\"work\",\"n\":7}\n\n"))
    }

    @Test(arguments: [-1, Int64.min])
    func `a number before all events is one whose events are not kept`(number: Int64) {
        var ring = EventRing(after: 0)
        ring.add(message(1))
        #expect(ring.messages(after: number, limit: 5) == nil)
    }

    @Test func `a number far ahead has nothing after it`() {
        var ring = EventRing(after: 0)
        ring.add(message(1))
        #expect(ring.messages(after: Int64.max, limit: 5) == [])
    }
}
