/// What the API says of itself.
enum Descriptions {
    static let operations = [
        Operation(
            .get,
            "/v1/openapi.json",
            "getDescription",
            "Describe this API (OpenAPI 3.1).",
            needs: nil,
            answers: [Operation.Answer(200, "The description.")]
        ) { call in Reply(type: "application/json", text: call.services.description) }
    ]
}
