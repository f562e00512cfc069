/// Whether a commit must survive a power loss before it returns.
package enum Durability: Sendable {
    /// It survives the death of the process; the latest may be lost with the power.
    case process
    /// It survives both: for whatever is announced as done.
    case power
}
