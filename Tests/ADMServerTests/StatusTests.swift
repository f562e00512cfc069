import ADMModel
import Foundation
import Testing

@testable import ADMServer

/// What went wrong, as HTTP says it.
@Suite struct StatusTests {
    @Test(arguments: Failure.Code.allCases)
    func `every failure is an error of HTTP`(code: Failure.Code) {
        #expect((400...599).contains(code.httpStatus))
        let problem = Problem(Failure(code, "it went wrong", hint: "try", cause: "because"))
        #expect(problem.status == code.httpStatus)
        #expect(problem.code == code.rawValue)
        #expect(problem.reply(request: "7").status == code.httpStatus)
    }

    @Test(arguments: APIRefusal.allCases)
    func `every refusal is an error of HTTP, and says what it means`(refusal: APIRefusal) {
        #expect((400...599).contains(refusal.status))
        #expect(refusal.summary.hasSuffix("."))
        #expect(Problem(refusal, "no").code == refusal.rawValue)
    }

    @Test func `a refusal has no code that a failure has`() {
        let failures = Set(Failure.Code.allCases.map(\.rawValue))
        #expect(APIRefusal.allCases.allSatisfy { !failures.contains($0.rawValue) })
    }

    @Test(
        arguments: [
            (0, "0"), (3, "3"), (1e300, "\(Int64.max)"),
        ] as [(Double, String)]
    )
    func `a time to wait is a whole number`(wait: Double, shown: String) {
        let problem = Problem(Failure(.remoteBusy, "busy", retryAfter: wait))
        #expect(problem.fields.map(\.name) == ["Retry-After"])
        #expect(problem.fields.map(\.value) == [shown])
        #expect(Problem(Failure(.remoteBusy, "busy")).fields.isEmpty)
    }

    @Test func `an end says when to ask again, and an unknown error is one of adm`() {
        let ending = Problem.of(CancellationError())
        #expect(ending.status == 503)
        #expect(ending.fields.map(\.name) == ["Retry-After"])
        #expect(Problem.of(CocoaError(.fileNoSuchFile)).status == 500)
        #expect(Problem.of(Failure(.exists, "x")).status == Failure.Code.exists.httpStatus)
        #expect(Problem.of(Problem(.tooLarge, "x")).status == 413)
    }

    @Test func `the directory of the home is not told`() {
        let failure = Failure(
            .configuration,
            "/home/me/.adm/w/profile.toml:2 is wrong",
            hint: "edit /home/me/.adm/w/profile.toml",
            cause: "read /home/me/.adm and /home/me/.adm"
        )
        let problem = Problem(failure).hiding("/home/me/.adm")
        #expect(problem.message == "ADM_HOME/w/profile.toml:2 is wrong")
        #expect(problem.hint == "edit ADM_HOME/w/profile.toml")
        #expect(problem.cause == "read ADM_HOME and ADM_HOME")
        #expect(problem.code == "configuration" && problem.status == 422)
    }
}
