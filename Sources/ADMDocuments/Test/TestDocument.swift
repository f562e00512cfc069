/// How a test file came out.
package struct TestDocument: Document {
    package static let name = "test"
    package static let summary = "How a test file came out."

    private let title: String
    private let bytes: Int64?
    private let seconds: Double
    private let problem: String?

    /// Shows a file.
    package init(title: String, bytes: Int64?, seconds: Double, problem: String?) {
        self.title = title
        self.bytes = bytes
        self.seconds = seconds
        self.problem = problem
    }

    package static let fields: [Field<TestDocument>] = [
        Field("title", "What the file tries out.") { $0.title },
        Field("total_bytes", "Its length in bytes; null if it was not fetched.") { $0.bytes },
        Field("elapsed_seconds", "How long it took, in seconds.") { $0.seconds },
        Field("problem", "What is wrong, in words; null if all is right.") { $0.problem },
        Field(deprecated: "bytes", use: "total_bytes") { $0.bytes },
        Field(deprecated: "seconds", use: "elapsed_seconds") { $0.seconds },
    ]
}
