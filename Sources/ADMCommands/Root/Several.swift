import ADMModel
import ArgumentParser

/// What went wrong in a command on several things: the command reports each failure at once and continues with the others.
struct Several {
    private let context: CommandContext
    private var codes: Set<Int32> = []

    init(_ context: CommandContext) { self.context = context }

    /// Whether everything went well.
    var isWell: Bool { codes.isEmpty }

    /// Reports a failure.
    mutating func refuse(_ failure: Failure) {
        codes.insert(failure.code.exitCode)
        context.report(failure)
    }

    /// Ends the command with the exit status of what went wrong: the failures' own if nothing was done
    /// and all are alike, else that of `partial`.
    func end(hasDone: Bool) throws {
        guard let first = codes.first else { return }
        throw ExitCode(codes.count == 1 && !hasDone ? first : Failure.Code.partial.exitCode)
    }
}
