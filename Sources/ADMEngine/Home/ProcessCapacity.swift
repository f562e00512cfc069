import ADMModel

/// How many jobs a process runs at once.
///
/// What a profile says limits its own workspace, which its scheduler sees to. The process has room for all
/// its workspaces together, unless its own flags and variables or its descriptors allow less.
struct ProcessCapacity: Sendable, Hashable {
    /// What each workspace allows.
    var limits: [Int]
    /// What the flags and variables of the process allow; nil if they say nothing.
    var ofProcess: Int?
    /// What its descriptors allow.
    var ofDescriptors = DescriptorBudget.ofProcess.jobs

    /// The number of slots that the process may have.
    var slots: Int {
        let wanted = limits.reduce(0) { $0.adding(saturating: $1) }
        return max(1, min(wanted, ofProcess ?? .max, ofDescriptors))
    }
}
