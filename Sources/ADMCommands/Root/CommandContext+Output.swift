import ADMDocuments
import ADMModel
import ADMSystem
import Foundation

/// How commands answer: data on standard output, everything else on standard error.
extension CommandContext {
    /// Prints data: as JSON if that was asked for, else what `text` says.
    ///
    /// - Throws: ``Failure`` with `noSpace` or `storage` if standard output cannot be written; a
    ///   closed pipe is no failure.
    func show(_ value: some JSONWritable, _ text: () throws -> Void) throws {
        if isJSON {
            say(JSONWriter.pretty(value))
        } else {
            try text()
        }
        try output.check()
    }

    /// Prints a line of data.
    func say(_ text: String, terminator: String = "\n") {
        output.write(text + terminator)
    }

    /// Prints rows: in a terminal below their heads, as wide as it is; elsewhere for programs, with a tab
    /// between the cells.
    ///
    /// In a terminal a column without any text is left out, and the widest one is cut if there is not
    /// enough room. Elsewhere every row has all columns, whole, and there are no heads.
    func table(_ heads: [String], _ rows: [[String]]) {
        let terminal = Terminal.output
        guard terminal.isTerminal else {
            var table = Table(heads.map { Table.Column($0) })
            for row in rows { table.add(row) }
            for line in table.tabSeparatedLines { say(line) }
            return
        }
        let used = heads.indices.filter { column in rows.contains { !$0[column].isEmpty } }
        let widest = used.max { left, right in
            width(of: left, in: rows) < width(of: right, in: rows)
        }
        var table = Table(used.map { Table.Column(heads[$0], isFlexible: $0 == widest) })
        for row in rows { table.add(used.map { row[$0] }) }
        let lines = table.lines(
            width: terminal.size.columns,
            color: terminal.usesColor(color ?? .auto),
            unicode: terminal.usesUnicode
        )
        for line in lines { say(line) }
    }

    private func width(of column: Int, in rows: [[String]]) -> Int {
        rows.map { DisplayWidth.columns($0[column]) }.max() ?? 0
    }

    /// Prints named values, one a line; those that are nil are left out.
    func fields(_ fields: [(name: String, value: String?)]) {
        let known = fields.filter { $0.value != nil }
        let width = known.map(\.name.count).max() ?? 0
        let color = Terminal.output.usesColor(color ?? .auto)
        for (name, value) in known {
            let label = Ink.dim.paint(name.padded(to: width), color: color)
            say("\(label)  \(Terminal.printable(value ?? ""))")
        }
    }

    /// Answers what was asked in words; not with `--quiet`.
    func answer(_ text: String) {
        if !isQuiet { say(Terminal.printable(text)) }
    }

    /// Tells what was done, or what stands beside the data, such as that a list is empty; unless only data
    /// was asked for.
    func note(_ text: String) {
        if !isQuiet { tell(text) }
    }

    /// Says what a person would like to know beside a table; a program that reads the table gets nothing.
    func remark(_ text: String) {
        if Terminal.output.isTerminal { note(text) }
    }

    /// Tells what the person should know although it is no failure.
    func warn(_ text: String, hint: String? = nil) {
        tell("adm: warning: \(text)" + (hint.map { "\nhint: \($0)" } ?? ""))
    }

    /// Says why one of several things failed, while the others continue.
    func report(_ failure: Failure) {
        guard isJSON else { return tell(FailureReport.lines(failure).joined(separator: "\n")) }
        tell(FailureReport.line(failure))
    }

    /// Whether a person is there to be asked.
    var canAsk: Bool {
        mayAsk && Terminal.error.isTerminal && Terminal(STDIN_FILENO).isTerminal
    }

    /// Asks a question and returns the line that was typed, without spaces at its ends.
    ///
    /// - Throws: ``Failure`` with `usage` if nobody can be asked; `option` is what to give then.
    func ask(_ question: String, insteadGive option: String) throws(Failure) -> String {
        guard canAsk else {
            throw Failure(
                .usage,
                "there is no terminal to ask on",
                hint: "give \(option) if no question can be answered"
            )
        }
        try? StandardStream.error.write(question)
        return (readLine() ?? "").trimmingCharacters(in: .whitespaces)
    }

    /// A path as the file system sees it from here: `~/` is the user's home directory, and what is
    /// relative begins at the working directory.
    ///
    /// - Throws: ``Failure`` with `usage` if it begins with a tilde that stands for nothing known,
    ///   `storage` if it is relative and the current directory cannot be told.
    func absolutePath(_ path: String) throws(Failure) -> String {
        let home = path.hasPrefix("~") ? UserHome.path(environment) : nil
        return try PathExpansion(home: home).given(path)
    }

    private func tell(_ text: String) {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        let printable = lines.map { Terminal.printable(String($0)) }.joined(separator: "\n")
        // Nobody may be reading, which is no reason to fail.
        try? StandardStream.error.write(URLMask.mask(printable) + "\n")
    }
}
