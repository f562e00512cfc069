import ADMDocuments
import ADMEngine
import ADMModel

/// The settings of a workspace that count.
enum Settings {
    static let operations = [
        Operation(
            .get,
            API.workspace + "/settings",
            "listSettings",
            "List every setting of a workspace with its value and where that comes from.",
            needs: .read,
            answers: [Operation.Answer(200, "The settings.", .list(SettingDocument.shape))]
        ) { call in
            let selection = try await call.selection()
            let settings = try await call.services.running.home.settings(of: selection)
            return Reply(settings.entries.map(SettingDocument.init))
        }
    ]
}
