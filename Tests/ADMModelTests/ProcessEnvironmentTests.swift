import Testing

@testable import ADMModel

/// The variables of a process, which need not be text.
struct ProcessEnvironmentTests {
    @Test func `variables that are not UTF-8 are left out, and the first of a name counts`() {
        let entries = [
            Array("A=1".utf8), Array("A=2".utf8), Array("B=a=b".utf8), Array("C=".utf8) + [0xFF],
            Array("D".utf8), Array("E=é".utf8), Array("F=".utf8),
        ]
        #expect(
            ProcessEnvironment.parse(entries) == ["A": "1", "B": "a=b", "E": "é", "F": ""]
        )
    }

    @Test(arguments: ["ADM_HOME", "HOME", "ADM_DIRECTORY", "NETRC", "https_proxy"])
    func `a variable that adm would read must be UTF-8`(name: String) throws {
        let entry = Array("\(name)=/m".utf8) + [0xFC]
        let problem = #expect(throws: Failure.self) { try ProcessEnvironment.check([entry]) }
        #expect(problem?.code == .configuration)
        #expect(problem?.message == "the variable \(name) is not valid UTF-8")
        try ProcessEnvironment.check([Array("\(name)=/mü".utf8)])
    }

    @Test func `a variable that means nothing to adm may hold anything`() throws {
        try ProcessEnvironment.check([Array("LS_COLORS=".utf8) + [0xFF], [0xFF, 0x3D]])
    }
}
