import ADMModel
import Foundation

/// How far a client has come in each workspace: the identifier of the events of all workspaces.
///
/// As text it is `f4cab4e8:12,07d1a3c2:4`: the beginning of each workspace's UUID and the number of the last event.
struct EventPlaces: Sendable, Hashable {
    private var places: [String: Int64]

    /// Begins nowhere.
    init() { places = [:] }

    /// Reads the text; nil if it is not such a text.
    init?(_ text: String) {
        places = [:]
        for entry in text.split(separator: ",", omittingEmptySubsequences: false) {
            let parts = entry.split(separator: ":", omittingEmptySubsequences: false)
            guard parts.count == 2, parts[0].utf8.count == 8,
                parts[0].utf8.allSatisfy({ HexText.value($0) != nil }),
                let number = Int64(digits: String(parts[1]))
            else { return nil }
            places[parts[0].lowercased()] = number
        }
    }

    /// The text.
    var text: String {
        places.sorted { $0.key < $1.key }.map { "\($0.key):\($0.value)" }.joined(separator: ",")
    }

    /// The number of the last event of a workspace; nil if none is known.
    subscript(workspace: UUID) -> Int64? {
        get { places[EventPlaces.name(workspace)] }
        set { places[EventPlaces.name(workspace)] = newValue }
    }

    private static func name(_ workspace: UUID) -> String {
        String(workspace.uuidString.lowercased().prefix(8))
    }
}
