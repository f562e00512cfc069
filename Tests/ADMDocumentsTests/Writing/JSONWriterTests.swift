import ADMModel
import Foundation
import Testing

@testable import ADMDocuments

@Suite struct JSONWriterTests {
    private struct Value: Document {
        static let name = "value"
        static let summary = "A value."

        var text: String?
        var numbers: [Int64] = []
        var counts: [String: Int] = [:]

        static let fields: [Field<Value>] = [
            Field("text", "A text.") { $0.text },
            Field("numbers", "Numbers.") { $0.numbers },
            Field("counts", "Counts.") { $0.counts },
        ]
    }

    @Test func `a line has no spaces, and what is not known is null`() {
        #expect(JSONWriter.line(Value()) == #"{"text":null,"numbers":[],"counts":{}}"#)
        let value = Value(
            text: "/\u{6F22}\u{202E}",
            numbers: [.min, .max],
            counts: ["b": 1, "a": 2]
        )
        #expect(
            JSONWriter.line(value)
                == #"{"text":"/\#u{6F22}\u202e","numbers":[-9223372036854775808,9223372036854775807],"#
                + #""counts":{"a":2,"b":1}}"#
        )
    }

    @Test func `pages are as an encoder of Foundation writes them`() {
        #expect(
            JSONWriter.pretty([Value(text: "a", numbers: [1, 2])]) == """
                [
                  {
                    "text" : "a",
                    "numbers" : [
                      1,
                      2
                    ],
                    "counts" : {

                    }
                  }
                ]
                """
        )
        #expect(JSONWriter.pretty([Value]()) == "[\n\n]")
    }

    @Test(
        arguments: [
            (0, "0"), (-2, "-2"), (1.5, "1.5"), (1e300, "1e+300"), (0x1p53, "9007199254740992.0"),
            (.nan, "null"), (.infinity, "null"), (-.infinity, "null"), (0.1, "0.1"),
            (1e15, "1000000000000000.0"), (1e-7, "1e-07"),
        ] as [(Double, String)]
    )
    func `every number has a text that JSON can hold`(number: Double, text: String) throws {
        #expect(JSONWriter.line(number) == text)
        guard number.isFinite else { return }
        #expect(try JSONDecoder().decode([Double].self, from: Data("[\(text)]".utf8)) == [number])
        for places in 0...6 {
            let rounded = JSONWriter.line([Rounded(number, places: places)])
            let read = try JSONDecoder().decode([Double].self, from: Data(rounded.utf8))
            #expect(abs(read[0] - number) <= max(0.5, abs(number) * 1e-9))
        }
    }

    @Test func `measured numbers are rounded`() {
        #expect(JSONWriter.line(Rounded(1.23456)) == "1.235")
        #expect(JSONWriter.line(Rounded(1.5, places: 0)) == "2")
    }
}
