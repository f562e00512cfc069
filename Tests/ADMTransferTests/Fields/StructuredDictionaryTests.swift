import Testing

@testable import ADMTransfer

/// The grammar of RFC 9651.
@Suite struct StructuredDictionaryTests {
    private typealias Field = StructuredDictionary

    private func value(_ text: String) -> StructuredDictionary.BareItem? {
        guard case .item(let item) = StructuredDictionary("a=\(text)")?["a"] else { return nil }
        return item.parameters.isEmpty ? item.value : nil
    }

    @Test(
        arguments: [
            ("1", .integer(1)), ("-0", .integer(0)), ("00", .integer(0)),
            ("-999999999999999", .integer(-999_999_999_999_999)),
            ("1.5", .decimal(1500)), ("-0.125", .decimal(-125)),
            ("123456789012.1", .decimal(123_456_789_012_100)),
            ("\"a \\\"b\\\\ c\"", .string("a \"b\\ c")), ("\"\"", .string("")),
            ("a/b:c*1", .token("a/b:c*1")),
            ("*x", .token("*x")), (":aGVsbG8=:", .bytes(Array("hello".utf8))),
            (":aGVsbG8:", .bytes(Array("hello".utf8))),
            ("::", .bytes([])), ("?1", .boolean(true)), ("?0", .boolean(false)),
            ("@1659578233", .date(1_659_578_233)),
            ("@-1", .date(-1)), ("%\"f%c3%bc\"", .display("f\u{FC}")), ("%\"\"", .display("")),
        ] as [(String, StructuredDictionary.BareItem)]
    )
    func `a value of each kind is read`(text: String, expected: StructuredDictionary.BareItem) {
        #expect(value(text) == expected)
    }

    @Test(arguments: [
        "", "-", "--1", "1.", ".1", "1.2345", "1234567890123.1", "1234567890123456", "- 1", "1a b",
        "\"a", "\"a\\",
        "\"\\x\"", "\"\u{7}\"", "\"\u{FC}\"", ":a_b:", ":aGVsbG8=", ":=aGVsbG8:", ":aGVs bG8=:",
        "?", "?2", "?T",
        "@", "@1.5", "@x", "%", "%\"%C3%BC\"", "%\"%c3\"", "%\"%c\"", "%\"a", "%x", "(1 2", "(1,2)",
        "(1 2))", "()x", "'a'",
        "1;", "1;A=1", "1;a=", "1; a=(1)", "1 2", "1,,b", "1,", "1;a b", "\u{FC}",
    ])
    func `a value that breaks the grammar breaks the field`(text: String) {
        #expect(StructuredDictionary("a=\(text)") == nil)
        #expect(StructuredDictionary("b=1, a=\(text)") == nil)
    }

    @Test func `keys stay in their order, and the last value of each counts`() throws {
        let field = try #require(
            StructuredDictionary("  b=1;x;y=2,\ta , *c.d_e-f=(\"x\" y;z);q=?0 , b=3 ")
        )
        #expect(field.members.map(\.key) == ["b", "a", "*c.d_e-f"])
        #expect(field["b"] == .item(Field.Item(value: .integer(3))))
        #expect(field["a"] == .item(Field.Item(value: .boolean(true))))
        let items = [
            Field.Item(value: .string("x")),
            Field.Item(
                value: .token("y"),
                parameters: [Field.Entry(key: "z", value: .boolean(true))]
            ),
        ]
        let parameters = [Field.Entry(key: "q", value: Field.BareItem.boolean(false))]
        #expect(field["*c.d_e-f"] == .list(items, parameters: parameters))
        #expect(field["x"] == nil)
        #expect(StructuredDictionary("")?.members.isEmpty == true)
        #expect(StructuredDictionary("   ")?.members.isEmpty == true)
    }

    @Test(arguments: [
        ",", "a,", ",a", "a,,b", "a b", "A=1", "1=1", "=1", "a =1", "a= 1", "\ta=1", "a;b;",
        "a=1\n", "\u{0}", "a=1;;b", "a=1 ;b",
    ])
    func `what is no dictionary is none`(text: String) {
        #expect(StructuredDictionary(text) == nil)
    }
}
