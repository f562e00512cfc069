import Testing

@testable import ADMCommands

@Suite struct TableTests {
    private func table() -> Table {
        var table = Table([
            Table.Column("JOB", .right), Table.Column("NAME", isFlexible: true),
            Table.Column("SIZE", .right), Table.Column("STATE"),
        ])
        table.add(["1", "ubuntu-24.04.1-live-server-amd64.iso", "2.58 GiB", "running"])
        table.add(["12", "\u{5BB6}\u{65CF}.zip", "1 B", ""])
        table.add(["3", "a\nb"])
        return table
    }

    @Test func `without a terminal nothing is cut`() {
        #expect(
            table().lines(width: nil) == [
                "JOB  NAME                                      SIZE  STATE",
                "  1  ubuntu-24.04.1-live-server-amd64.iso  2.58 GiB  running",
                " 12  \u{5BB6}\u{65CF}.zip                                   1 B",
                "  3  a\\u{A}b",
            ]
        )
    }

    @Test func `for programs each row is one line with tabs, whole and without heads`() {
        #expect(
            table().tabSeparatedLines == [
                "1\tubuntu-24.04.1-live-server-amd64.iso\t2.58 GiB\trunning",
                "12\t\u{5BB6}\u{65CF}.zip\t1 B\t", "3\ta\\u{A}b\t\t",
            ]
        )
        var table = Table([Table.Column("A"), Table.Column("B")])
        table.add(["x\ty", ""])
        #expect(table.tabSeparatedLines == ["x\\u{9}y\t"])
    }

    @Test func `in a terminal the flexible column is cut`() {
        let lines = table().lines(width: 40)
        #expect(
            lines == [
                "JOB  NAME                  SIZE  STATE",
                "  1  ubuntu-2…d64.iso  2.58 GiB  running",
                " 12  \u{5BB6}\u{65CF}.zip               1 B", "  3  a\\u{A}b",
            ]
        )
        #expect(lines.allSatisfy { DisplayWidth.columns($0) <= 40 })
    }

    @Test func `a very narrow terminal leaves eight columns`() {
        #expect(table().lines(width: 10)[1] == "  1  ubu….iso  2.58 GiB  running")
    }

    @Test func `the header is bold if there is colour`() {
        var table = Table([Table.Column("NAME")])
        table.add(["a"])
        #expect(table.lines(width: 80, color: true) == ["\u{1B}[1mNAME\u{1B}[0m", "a"])
    }

    @Test func `a table without rows is its header`() {
        #expect(Table([Table.Column("A"), Table.Column("B")]).lines(width: 80) == ["A  B"])
    }
}
