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
            // It names the other workspaces and what they fetch from.
            guard call.scope.caller.onlyWorkspace == nil else {
                throw Problem(.forbidden, "a token of one workspace does not show the others")
            }
            return Reply(BudgetDocument(try await call.services.running.home.budgetReport()))
        }
    ]
}
