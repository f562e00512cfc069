import ADMModel
import Testing

@testable import ADMCommands

@Suite struct VerbHabitTests {
    @Test(arguments: [
        ("adm", "cancel", "adm queue cancel"), ("adm", "pause", "adm queue pause"),
        ("adm", "wait", "adm queue wait"), ("adm", "kill", "adm queue cancel"),
        ("adm", "status", "adm list"), ("adm", "log", "adm history"),
        ("adm", "set", "adm profile set"),
        ("adm", "jobs", "adm list"), ("adm", "job", "adm list"),
        ("adm", "workspaces", "adm ws list"),
        ("adm", "profiles", "adm ws list"), ("adm", "credentials", "adm auth list"),
        ("adm config", "set", "adm profile set"), ("adm config", "list", "adm config show"),
        ("adm ws", "delete", "adm ws rm"), ("adm ws", "switch", "adm ws use"),
        ("adm queue", "remove", "adm rm"), ("adm auth", "add", "adm auth login"),
        ("adm", "tokens", "adm token list"), ("adm token", "delete", "adm token revoke"),
    ])
    func `a verb of another tool is answered with the command that does it`(
        _ path: String,
        _ word: String,
        _ command: String
    ) {
        #expect(VerbHabit.advice(for: word, after: path)?.hasPrefix(command) == true)
        #expect(VerbHabit.advice(for: word.uppercased(), after: path)?.hasPrefix(command) == true)
    }

    @Test func `what is nobody's habit has no answer`() {
        #expect(VerbHabit.advice(for: "nonsense", after: "adm") == nil)
        #expect(VerbHabit.advice(for: "cancel", after: "adm ws") == nil)
    }

    @Test func `every command that the table names exists, and no word of it is a verb already`()
        throws
    {
        let root = try CommandDump.read()
        for habit in VerbHabit.table {
            let path = habit.path.split(separator: " ").dropFirst().map(String.init)
            let group = try #require(root.command(path[...]), "\(habit.path)")
            for word in habit.words {
                #expect(group.command([word]) == nil, "\(habit.path) \(word) exists")
            }
            #expect(habit.advice.hasPrefix("adm "), "\(habit.advice)")
            for named in habit.advice.matches(of: #/adm((?: [a-z][a-z-]*)+)/#) {
                let words = named.1.split(separator: " ").map(String.init)
                #expect(exists(words, below: root), "\(habit.advice)")
            }
        }
    }

    /// Whether the words begin with a command, all the way down to one that has no further ones.
    private func exists(_ words: [String], below root: CommandDump.Command) -> Bool {
        var command = root
        for word in words {
            let further = command.subcommands ?? []
            guard !further.isEmpty else { return true }
            guard let next = command.command([word]) else {
                // `adm budget shows`: a group that does something by itself.
                return command.commandName == "budget"
            }
            command = next
        }
        return true
    }
}
