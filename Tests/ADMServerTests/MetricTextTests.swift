import Testing

@testable import ADMServer

/// Counters as Prometheus reads them.
@Suite struct MetricTextTests {
    @Test func `each metric says what it is, and its lines have an order`() {
        var text = MetricText()
        text.add("b_total", .counter, "Second letter.") {
            [(["z": "1", "a": "2"], 3), (["z": "0", "a": "2"], 4), ([:], 5)]
        }
        text.add("a", .gauge, "First letter.") { [] }
        #expect(
            text.text == """
                # HELP b_total Second letter.
                # TYPE b_total counter
                b_total 5
                b_total{a="2",z="0"} 4
                b_total{a="2",z="1"} 3
                # HELP a First letter.
                # TYPE a gauge

                """
        )
    }

    @Test(arguments: [
        (#"a\b"#, #"a\\b"#), (#"say "x""#, #"say \"x\""#), ("two\nlines", #"two\nlines"#),
        (#"\n"#, #"\\n"#), (#"\""#, #"\\\""#), ("größe", "größe"), ("", ""),
    ])
    func `a label's value stays inside its quotes`(value: String, escaped: String) {
        var text = MetricText()
        text.add("m", .gauge, "One.") { [(["l": value], 1)] }
        #expect(text.text.hasSuffix("m{l=\"\(escaped)\"} 1\n"))
        #expect(text.text.split(separator: "\n").count == 3)
    }

    @Test(
        arguments: [
            (0, "0"), (-3, "-3"), (0.5, "0.5"), (1_700_000_000.25, "1700000000.25"),
            (1e14, "100000000000000"), (1e300, "1e+300"),
        ] as [(Double, String)]
    )
    func `a whole number has no fraction, and none is too large`(value: Double, shown: String) {
        var text = MetricText()
        text.add("m", .gauge, "One.") { [([:], value)] }
        #expect(text.text.hasSuffix("m \(shown)\n"))
    }
}
