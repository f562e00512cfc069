import ADMDocuments
import ADMModel
import ArgumentParser

/// `adm json-reference`: prints what the documentation says about JSON, for scripts/json-reference.py.
struct JSONReference: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "json-reference",
        abstract: "Print the schemas and tables of all JSON documents.",
        usage: "adm json-reference",
        discussion: """
            The answer is an object: the text of each file, and of each part of a page, by its name.

            EXAMPLES:
              adm json-reference
            """,
        shouldDisplay: false
    )

    @OptionGroup var global: GlobalOptions

    func run() async throws {
        // No home is needed to describe documents.
        let output = StandardOutput()
        let files = DocumentReference.schemas.map { ("docs/schemas/\($0.file)", $0.text) }
        let reference = JSONValue.object([
            ("files", object([("docs/json.md", DocumentReference.page)] + files)),
            (
                "parts",
                object([
                    ("docs/events.md", DocumentReference.eventTables),
                    ("docs/queue.md", DocumentReference.bodyTable),
                ])
            ),
        ])
        output.write(reference.rendered() + "\n")
        try output.check()
    }

    private func object(_ texts: [(String, String)]) -> JSONValue {
        .object(texts.map { ($0.0, .string($0.1)) })
    }
}
