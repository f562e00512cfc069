public import Foundation

/// A workspace as a list shows it, whole or broken.
public struct WorkspaceSummary: Sendable, Hashable {
    /// Its name; the name of its directory if that is no workspace name.
    public let name: String
    /// Where its files lie.
    public let layout: WorkspaceLayout
    /// Its identity; nil if that cannot be read.
    public package(set) var identity: UUID?
    /// Where its downloads go; nil where its settings cannot be read.
    public package(set) var directory: String?
    /// How many jobs it has in each state that any job is in; nil if its database cannot be read.
    public package(set) var jobs: [JobState: Int]?
    /// What is wrong with it, the worst first; empty for a sound one.
    public package(set) var problems: [Failure] = []

    /// Begins with what is known of every workspace.
    package init(name: String, layout: WorkspaceLayout) {
        self.name = name
        self.layout = layout
    }

    /// The jobs that have not ended.
    public var unfinishedCount: Int {
        (jobs ?? [:]).reduce(0) { $1.key.isFinal ? $0 : $0 + $1.value }
    }
}
