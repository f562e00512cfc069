import ADMModel
import Testing

@testable import ADMCommands

@Suite struct HabitTranslationTests {
    private func translated(_ text: String) throws -> String {
        let words = text.split(separator: " ").map(String.init)
        return try HabitTranslation.translate(words[...]).joined(separator: " ")
    }

    @Test(arguments: [
        ("-o a.iso u", "--filename a.iso u"), ("-oa.iso u", "--filename a.iso u"),
        ("-o - u", "--filename - u"), ("--out=a.iso u", "--filename a.iso u"),
        ("-O a.iso u", "-O a.iso u"), ("-Oa.iso u", "-O a.iso u"), ("-O- u", "-O - u"),
        ("-O=a u", "-O=a u"), ("-qO- u", "-q -O - u"),
        ("-P /tmp u", "--dir /tmp u"), ("-P/tmp u", "--dir /tmp u"), ("-d/tmp u", "-d /tmp u"),
        ("-x4 u", "--max-connections 4 u"), ("-x 16 u", "--max-connections 16 u"),
        ("-x http://p:3128 u", "--proxy http://p:3128 u"), ("-xp:3128 u", "--proxy p:3128 u"),
        ("-s4 -k1M u", "--max-connections 4 --min-segment-size 1M u"),
        ("-s 4 u", "--max-connections 4 u"), ("-s u", "--quiet u"), ("-k u", "--insecure u"),
        ("-n 8 u", "--max-connections 8 u"), ("-n u", "--netrc u"),
        ("-j2 u", "--max-concurrent 2 u"), ("-i list", "-i list"), ("-ilist", "-i list"),
        ("-u alice u", "-u alice u"), ("-ualice u", "-u alice u"),
        ("-c u", "u"), ("-C - u", "u"), ("-C- u", "u"), ("--continue=true u", "u"),
        ("--file-allocation=none u", "u"), ("--file-allocation none u", "u"),
        ("-fsSL u", "--quiet u"), ("-sLo a u", "--quiet --filename a u"),
        ("-LsSoa u", "--quiet --filename a u"),
        ("-nc u", "--if-exists skip u"), ("-nv u", "--progress plain u"),
        ("--allow-overwrite=true u", "--if-exists overwrite u"), ("--allow-overwrite=false u", "u"),
        ("--no-check-certificate u", "--insecure u"),
        ("--check-certificate=false u", "--insecure u"),
        ("--tries=3 u", "--retries 3 u"), ("--max-time 10 u", "--total-timeout 10 u"),
        ("--limit-rate 1M u", "--limit-rate 1M u"), ("--user-agent=x u", "--user-agent=x u"),
        ("u -- -o x", "u -- -o x"), ("-qv - u", "-q -v - u"), ("-Y u", "-Y u"), ("-sY u", "-sY u"),
        ("--json u", "--json u"),
    ])
    func `options of curl, wget and aria2 are those of adm`(
        _ given: String,
        _ wanted: String
    ) throws {
        #expect(try translated(given) == wanted)
    }

    @Test func `curl's -O stands before a URL and means nothing`() throws {
        #expect(try translated("-O https://h/a") == "https://h/a")
        #expect(try translated("-LO https://h/a") == "https://h/a")
        #expect(try translated("-O https://h/a -O https://h/b") == "https://h/a https://h/b")
    }

    @Test func `a header field keeps its blanks`() throws {
        #expect(
            try HabitTranslation.translate(["-e", "https://h/", "-A", "a b"])
                == ["--header", "Referer: https://h/", "--user-agent", "a b"]
        )
    }

    @Test(arguments: [
        ("-I u", "curl -I"), ("--spider u", "header"), ("-X POST u", "GET"),
        ("--data=a=1 u", "GET"),
        ("-r u", "follows no links"), ("-b u", "adm add"), ("-m 10 u", "--total-timeout"),
        ("-T 10 u", "--idle-timeout"), ("--checksum=sha-256=00 u", "--hash"),
        ("--http-password=secret u", "--password-stdin"), ("--password secret u", "--user"),
        ("-sI u", "curl -I"),
    ])
    func `what adm has nothing for is refused with what to do`(
        _ given: String,
        _ hint: String
    ) throws {
        let failure = try #require(throws: Failure.self) { try translated(given) }
        #expect(failure.code == .usage)
        #expect(failure.hint?.contains(hint) == true)
        #expect(!failure.message.contains("secret"))
    }

    @Test
    func `every option that the table names is one of adm download, and no name is one already`()
        throws
    {
        let own = try #require(try CommandDump.read().command(["download"])).options
        for habit in OptionHabit.table {
            for name in habit.names { #expect(!own.contains(name), "\(name)") }
            for option in options(in: habit.meaning) { #expect(own.contains(option), "\(option)") }
        }
        let names = OptionHabit.table.flatMap(\.names)
        #expect(Set(names).count == names.count)
    }

    /// The options that a meaning translates to.
    private func options(in meaning: OptionHabit.Meaning) -> [String] {
        switch meaning {
        case .option(let own): [own]
        case .arguments(let own): own.filter { $0.hasPrefix("--") }
        case .counted(let own, let other): [own] + options(in: other)
        case .header: ["--header"]
        case .always, .alwaysWithValue, .advice: []
        }
    }
}
