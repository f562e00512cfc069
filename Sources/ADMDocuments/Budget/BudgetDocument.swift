package import ADMModel

/// The budget at one moment.
package struct BudgetDocument: Document {
    package static let name = "budget"
    package static let summary =
        "The budget at one moment: who has slots, who waits, and what each workspace is entitled to."

    private let report: BudgetReport

    /// Shows a report.
    package init(_ report: BudgetReport) { self.report = report }

    package static let fields: [Field<BudgetDocument>] = [
        Field("limits", "The limits for all processes.") { LimitsDocument($0.report.limits) },
        Field(
            "unit",
            "What is shared out among workspaces: `slots` if their number is limited, else `connections`."
        ) { $0.report.limits.unit },
        Field("slots", "The slots in use, the oldest first.") {
            $0.report.slots.map(SlotDocument.init)
        },
        Field("processes", "The processes that take part, by their numbers.") {
            $0.report.processes.map(ProcessDocument.init)
        },
        Field("workspaces", "The workspaces that have or want slots, or had some, by name.") {
            $0.report.workspaces.map(WorkspaceBudgetDocument.init)
        },
        Field("cool_downs", "The servers that are left alone (`Retry-After`), by name.") {
            $0.report.coolDowns.map(CoolDownDocument.init)
        },
    ]
}

/// A slot in use.
struct SlotDocument: Document {
    static let name = "slot"
    static let summary = "A slot in use."

    private let slot: BudgetReport.Slot

    init(_ slot: BudgetReport.Slot) { self.slot = slot }

    static let fields: [Field<SlotDocument>] = [
        Field("workspace", "The name of the workspace that it counts for.") { $0.slot.workspace },
        Field("job", "The number of the job there; null while it is only offered.") {
            $0.slot.job
        },
        Field("host", "The host that it fetches from.") { $0.slot.host },
        Field("state", "`offered`, `held`, or `yielding`: given back at the next checkpoint.") {
            $0.slot.state
        },
        Field("connections", "How many connections it may have.") { $0.slot.connections },
        Field("is_resumable", "Whether the transfer can stop and continue without losing bytes.") {
            $0.slot.isResumable
        },
        Field("held_seconds", "For how long it has been in use, in seconds.") {
            $0.slot.heldSeconds
        },
        Field("process", "The number of the process that has it.") { $0.slot.process },
    ]
}

/// A process that takes part in the budget.
struct ProcessDocument: Document {
    static let name = "process"
    static let summary = "A process that takes part in the budget."

    private let process: BudgetReport.Process

    init(_ process: BudgetReport.Process) { self.process = process }

    static let fields: [Field<ProcessDocument>] = [
        Field("process", "Its process number.") { $0.process.process },
        Field("role", "What it does: `download` or `run`.") { $0.process.role },
        Field("slots", "How many slots it has.") { $0.process.slots },
        Field("capacity", "How many slots it wants at most.") { $0.process.capacity },
    ]
}

/// What a workspace has of the budget.
struct WorkspaceBudgetDocument: Document {
    static let name = "workspace-budget"
    static let summary = "What a workspace has of the budget."

    private let workspace: BudgetReport.Workspace

    init(_ workspace: BudgetReport.Workspace) { self.workspace = workspace }

    static let fields: [Field<WorkspaceBudgetDocument>] = [
        Field("name", "Its name.") { $0.workspace.name },
        Field("share", "What it may have.") { ShareDocument($0.workspace.share) },
        Field("slots", "How many slots it has.") { $0.workspace.slots },
        Field("connections", "How many connections its slots may have.") {
            $0.workspace.connections
        },
        Field(
            "entitled",
            "The part of what is shared out (`unit` of the budget) that it is entitled to now; may be a fraction."
        ) { $0.workspace.entitled },
        Field("waiting", "How many more slots it could use.") { $0.workspace.waiting },
        Field("waiting_seconds", "For how long it has waited, in seconds; null unless it waits.") {
            $0.workspace.waitingSeconds
        },
    ]
}

/// A server that asked to be left alone.
struct CoolDownDocument: Document {
    static let name = "cool-down"
    static let summary = "A server that asked to be left alone (`Retry-After`)."

    private let coolDown: BudgetReport.CoolDown

    init(_ coolDown: BudgetReport.CoolDown) { self.coolDown = coolDown }

    static let fields: [Field<CoolDownDocument>] = [
        Field("origin", "Scheme, host and port, as in URLs.") { $0.coolDown.origin },
        Field("seconds", "For how many seconds nobody asks it; 0 if one job at a time may try.") {
            $0.coolDown.seconds
        },
        Field("asked_seconds", "For how many more seconds it asked to be left alone.") {
            $0.coolDown.askedSeconds
        },
    ]
}
