import ADMModel

/// A workspace to create, as one JSON object.
package struct WorkspaceBody: InputBody, Hashable {
    /// Its name.
    package var name = ""
    /// The shipped profile that it extends.
    package var template: String?

    /// Says nothing.
    package init() {}

    /// Its fields.
    package static let fields: [InputField<WorkspaceBody>] = [
        InputField(
            "name",
            as: String.self,
            isRequired: true,
            "Its name: 1 to 63 of `a-z 0-9 . _ -`, beginning with a letter or a digit."
        ) { $0.name = $1 },
        InputField("template", as: String.self, "The shipped profile that it extends.") {
            $0.template = $1
        },
    ]

    /// What such an object looks like.
    package static let example = "{\"name\": \"work\", \"template\": \"metered\"}"

    package static let name = "workspace-body"
    package static let summary = "A workspace to create."
}
