import ADMDocuments
import ADMEngine
import ADMModel

/// What all workspaces and processes share.
enum Budgets {
    static let operations = [
        Operation(
            .get,
            "/v1/budget",
            "showBudget",
            "Show the limits, who has slots and connections, and who waits; not with the token of one workspace.",
            needs: .read,
            answers: [Operation.Answer(200, "The budget.", BudgetDocument.shape)]
        ) { call in
            try mustSeeAll(call)
            return Reply(BudgetDocument(try await call.services.running.home.budgetReport()))
        },
        Operation(
            .patch,
            "/v1/budget",
            "changeBudget",
            "Change the limits for all processes at once.",
            needs: .admin,
            body: .json(.document(LimitsBody.description)),
            answers: [Operation.Answer(200, "The limits that count now.", LimitsDocument.shape)],
            run: change
        ),
        Operation(
            .delete,
            "/v1/budget/cool-downs",
            "endCoolDowns",
            "Let servers be asked at once that wanted to be left alone.",
            needs: .admin,
            answers: [Operation.Answer(200, "Those that were left alone.", .list(.text()))]
        ) { call in
            try mustSeeAll(call)
            return Reply(try await call.services.running.home.endCoolDowns())
        },
    ]

    @Sendable private static func change(_ call: Call) async throws -> Reply {
        try mustSeeAll(call)
        let body = try LimitsBody.parse(try await call.body())
        let change = BudgetChange.written(
            slots: body.slots.map(String.init),
            perHost: body.perHost.map(String.init),
            connections: body.connections.map(String.init),
            hostConnections: body.hostConnections.map(String.init),
            rate: body.rate,
            hostRate: body.hostRate
        )
        return Reply(LimitsDocument(try await call.services.running.home.setBudget(change)))
    }

    /// It names the other workspaces and what they fetch from, and is theirs, too.
    private static func mustSeeAll(_ call: Call) throws {
        guard call.scope.caller.onlyWorkspace == nil else {
            throw Problem(
                .forbidden,
                "the token of one workspace has nothing to do with the others"
            )
        }
    }
}
