import ADMDocuments
import ADMEngine
import ADMModel

/// What a workspace has credentials for; no secret ever comes out.
enum Credentials {
    static let operations = [
        Operation(
            .get,
            API.workspace + "/credentials",
            "listCredentials",
            "List what a workspace has credentials for, without their secrets; no store is opened.",
            needs: .admin,
            answers: [Operation.Answer(200, "The credentials.", .list(CredentialDocument.shape))]
        ) { call in
            let credentials = try await call.workspace().credentials.list()
            return Reply(credentials.map { CredentialDocument($0) })
        }
    ]
}
