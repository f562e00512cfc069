/// An option of curl, wget, aria2 or axel, and what it is here.
///
/// What means the same is translated before the arguments are parsed; for the rest there is a sentence that
/// says what to type. A letter that adm has itself means what adm says.
struct OptionHabit: Sendable {
    /// What the option means to adm.
    enum Meaning: Sendable, Hashable {
        /// The value belongs to this option.
        case option(String)
        /// It is these arguments.
        case arguments([String])
        /// The value belongs to this header field.
        case header(String)
        /// adm does so always; a value after `=` changes nothing.
        case always
        /// The same of an option whose value is the next argument.
        case alwaysWithValue
        /// With a number or a size behind it, it is the option; else it is the other.
        indirect case counted(String, else: Meaning)
        /// adm has nothing like it: what to do instead.
        case advice(String)
    }

    /// How it is written: `-x`, `--split`.
    let names: [String]
    /// What it means.
    let meaning: Meaning

    init(_ names: String, _ meaning: Meaning) {
        self.names = names.split(separator: " ").map(String.init)
        self.meaning = meaning
    }

    /// What an option means; nil if the table does not have it.
    static func meaning(of name: String) -> Meaning? { known[name] }

    /// What to say of an option that no command of adm takes; nil if there is nothing to say.
    static func advice(for name: String) -> String? {
        guard let meaning = known[name] else { return nil }
        switch meaning {
        case .advice(let text): return text
        case .option(let own), .counted(let own, else: _): return "adm calls it \(own)"
        case .arguments(let own): return "adm calls it \(own.joined(separator: " "))"
        case .header(let field): return "adm download -H '\(field): …' sends it"
        case .always, .alwaysWithValue: return "leave it out"
        }
    }

    private static let known: [String: Meaning] = {
        let pairs = table.flatMap { habit in habit.names.map { ($0, habit.meaning) } }
        return Dictionary(pairs, uniquingKeysWith: { first, _ in first })
    }()

    static let table = values + flags + always + missing

    private static let values = [
        OptionHabit("-o --output --output-document --out", .option("--filename")),
        OptionHabit("-P --directory-prefix --output-dir", .option("--dir")),
        OptionHabit("-x", .counted("--max-connections", else: .option("--proxy"))),
        OptionHabit("-s", .counted("--max-connections", else: .arguments(["--quiet"]))),
        OptionHabit("-n", .counted("--max-connections", else: .arguments(["--netrc"]))),
        OptionHabit(
            "--split --max-connection-per-server --num-connections",
            .option("--max-connections")
        ),
        OptionHabit(
            "-j --max-concurrent-downloads --parallel-max --max-threads",
            .option("--max-concurrent")
        ),
        OptionHabit("-k", .counted("--min-segment-size", else: .arguments(["--insecure"]))),
        OptionHabit("--min-split-size", .option("--min-segment-size")),
        OptionHabit("-t --tries --retry --max-tries", .option("--retries")),
        OptionHabit("--retry-delay --waitretry", .option("--retry-wait")),
        OptionHabit("--max-time", .option("--total-timeout")),
        OptionHabit("--read-timeout", .option("--idle-timeout")),
        OptionHabit("-A -U", .option("--user-agent")),
        OptionHabit("-e --referer", .header("Referer")),
        OptionHabit("--interface", .option("--bind-address")),
        OptionHabit("--cacert --ca-certificate", .option("--ca-file")),
        OptionHabit("--noproxy", .option("--no-proxy")),
        OptionHabit("--all-proxy --http-proxy --https-proxy", .option("--proxy")),
        OptionHabit("--max-redirs --max-redirect", .option("--max-redirects")),
        OptionHabit("--max-download-limit", .option("--limit-rate")),
        OptionHabit("--http-user", .option("--user")),
        OptionHabit("-M --metalink-file", .option("--metalink")),
    ]

    private static let flags = [
        OptionHabit("--silent", .arguments(["--quiet"])),
        OptionHabit("--no-check-certificate --check-certificate=false", .arguments(["--insecure"])),
        OptionHabit("-nc --no-clobber", .arguments(["--if-exists", "skip"])),
        OptionHabit(
            "--clobber --allow-overwrite --allow-overwrite=true",
            .arguments(["--if-exists", "overwrite"])
        ),
        OptionHabit(
            "--auto-file-renaming --auto-file-renaming=true",
            .arguments(["--if-exists", "rename"])
        ),
        OptionHabit("-# --progress-bar --show-progress", .arguments(["--progress", "bar"])),
        OptionHabit("-nv --no-verbose", .arguments(["--progress", "plain"])),
        OptionHabit("--no-progress-meter", .arguments(["--progress", "none"])),
    ]

    private static let always = [
        OptionHabit("-L --location -f --fail -S --show-error --create-dirs", .always),
        OptionHabit("-c --continue --remote-name --remote-name-all", .always),
        OptionHabit("-J --remote-header-name --content-disposition", .always),
        OptionHabit("-Z --parallel --compressed --no-config --check-certificate", .always),
        OptionHabit("--file-allocation --summary-interval --console-log-level", .alwaysWithValue),
        OptionHabit("-C --continue-at", .alwaysWithValue),
    ]

    private static let missing = [
        OptionHabit("-m", .advice("--total-timeout is what curl means, --retries what aria2 does")),
        OptionHabit(
            "-T --timeout",
            .advice("--connect-timeout, --first-byte-timeout and --idle-timeout set the times")
        ),
        OptionHabit(
            "-I --head --spider",
            .advice("adm always fetches the file; curl -I shows the header fields alone")
        ),
        OptionHabit(
            "-X --request --data --data-raw --data-binary --json-data --post-data --post-file",
            .advice("adm only fetches files, with GET")
        ),
        OptionHabit("-F --form --upload-file", .advice("adm only fetches files, with GET")),
        OptionHabit(
            "-r --recursive -l --level -np --no-parent --page-requisites",
            .advice(
                "adm fetches the URLs that it is given and follows no links in pages; adm download batch FILE takes a list"
            )
        ),
        OptionHabit("--range", .advice("adm fetches whole files")),
        OptionHabit(
            "-N --timestamping",
            .advice(
                "--if-exists skip keeps a file that is there, --if-exists overwrite fetches it again"
            )
        ),
        OptionHabit(
            "-b --background",
            .advice(
                "adm add URL puts it into the queue, adm run runs the queue; --header @FILE sends cookies"
            )
        ),
        OptionHabit("-D --daemon", .advice("adm run runs the queue")),
        OptionHabit(
            "--cookie --load-cookies",
            .advice(
                "--header @FILE reads 'Cookie: name=value' from a file, so that no secret is in an argument"
            )
        ),
        OptionHabit(
            "--password --http-password --http-passwd",
            .advice(
                "--user NAME asks for the password, --password-stdin reads it from standard input"
            )
        ),
        OptionHabit(
            "--proxy-user --proxy-password",
            .advice("adm auth login --type proxy --user NAME PROXY keeps them")
        ),
        OptionHabit(
            "-E --cert --key --certificate --private-key",
            .advice("adm has no client certificates")
        ),
        OptionHabit(
            "--checksum",
            .advice("--hash sha256:HEX says which digest the file must have")
        ),
        OptionHabit(
            "--max-overall-download-limit",
            .advice("adm budget set --rate RATE limits all downloads together")
        ),
        OptionHabit(
            "--torrent-file --seed-time",
            .advice("adm fetches http and https URLs, not torrents")
        ),
        OptionHabit(
            "--save-session",
            .advice(
                "adm keeps every job; adm resume --all continues those that were interrupted"
            )
        ),
        OptionHabit("-V", .advice("adm --version")),
        OptionHabit(
            "-4 -6 --ipv4 --ipv6",
            .advice(
                "--bind-address with an address of this machine decides which kind of address is used"
            )
        ),
    ]
}
