import ADMDisk

/// What makes part files and their final names durable, many at a time; one for a process.
package struct Syncs: Sendable {
    /// Shares the syncs of bytes.
    let bytes: SharedSync
    /// Shares the syncs of names.
    let names: SharedSync

    /// Begins with nothing to sync.
    package init() {
        bytes = .ofBytes()
        names = .ofNames()
    }
}
