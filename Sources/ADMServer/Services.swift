import ADMEngine
import ADMModel
import Foundation

/// What every request may use.
struct Services: Sendable {
    /// The daemon's part in the home.
    let running: RunningHome
    /// The workspaces that were asked for a moment ago.
    let shelf: WorkspaceShelf
    /// The events of workspaces, for those who follow them.
    let feeds: EventFeeds
    /// When the daemon began.
    let startedAt: Date
    /// How many connections there are.
    let connections: ConnectionLimit
    /// What was counted.
    let meters: Meters
    /// Who may ask.
    let tokens: TokenCheck
    /// The OpenAPI document.
    let description: String
}
