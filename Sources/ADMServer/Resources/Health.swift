import ADMDocuments
import ADMEngine

/// Whether the daemon lives, and whether it can work.
enum Health {
    static let operations = [
        Operation(
            .get,
            "/healthz",
            "getHealth",
            "Say that the daemon lives.",
            needs: nil,
            answers: [Operation.Answer(200, "It lives.", .text(), type: "text/plain")]
        ) { _ in Reply(type: "text/plain; charset=utf-8", text: "ok\n") },
        Operation(
            .get,
            "/readyz",
            "getReadiness",
            "Say whether the daemon can work: whether it can read its home and the budget.",
            needs: nil,
            answers: [Operation.Answer(200, "It can.", .text(), type: "text/plain")]
        ) { call in
            _ = try await call.services.running.home.names()
            _ = try await call.services.running.home.budgetReport()
            return Reply(type: "text/plain; charset=utf-8", text: "ready\n")
        },
    ]
}
