import ADMDocuments
import ADMEngine
import ADMModel
import ADMSystem

/// Which daemon it is.
enum Versions {
    static let operations = [
        Operation(
            .get,
            "/v1/version",
            "getVersion",
            "Say which version of adm answers.",
            needs: .read,
            answers: [Operation.Answer(200, "The version.", VersionDocument.shape)]
        ) { call in
            Reply(
                VersionDocument(
                    version: SettingsReference.version,
                    startedAt: call.services.startedAt,
                    process: Int64(OwnProcess.identifier)
                )
            )
        }
    ]
}
