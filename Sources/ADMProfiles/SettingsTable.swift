import ADMModel

/// Every setting of adm: the one source of names, types, defaults and variables, and of the
/// reference page and the JSON Schema.
package enum SettingsTable {
    /// The version that the built-in `user-agent` names.
    package static let version = "0.1.0"

    /// All settings, in the order in which they are shown.
    package static let all: [SettingDefinition] =
        [
            SettingDefinition(
                "directory",
                .path,
                .unset,
                "Where downloads go; without it ~/Downloads/adm/NAME",
                places: [.flag, .environment, .profile],
                restriction: "each workspace has a directory of its own"
            ),
            SettingDefinition(
                "if-exists",
                .choice(ConflictPolicy.allCases.map(\.rawValue)),
                .text(builtIn.ifExists.rawValue),
                "What to do when the file is there already"
            ),
            SettingDefinition(
                "max-connections",
                .wholeNumber(1...64),
                .number(builtIn.maxConnections),
                "The most connections for one file"
            ),
            SettingDefinition(
                "min-segment-size",
                .bytes(atLeast: 65_536),
                .bytes(builtIn.minSegmentSize),
                "The smallest piece of a file that gets a connection of its own"
            ),
            SettingDefinition(
                "max-concurrent",
                .wholeNumber(1...64),
                .number(64),
                "How many files one adm process fetches at once, as far as the budget of all"
                    + " processes allows"
            ),
            SettingDefinition(
                "retries",
                .wholeNumber(0...1000),
                .number(builtIn.retry.limit),
                "How often to try again after a failure that may pass, counted from the last progress"
            ),
            SettingDefinition(
                "retry-wait",
                .duration(.zero ... .days(1)),
                .duration(.seconds(builtIn.retry.base)),
                "The longest wait before the first retry; it doubles with each further one"
            ),
            SettingDefinition(
                "retry-wait-max",
                .duration(.zero ... .days(1)),
                .duration(.seconds(builtIn.retry.cap)),
                "The longest wait before any retry"
            ),
            SettingDefinition(
                "max-retry-after",
                .duration(.zero ... .days(1)),
                .duration(builtIn.maxRetryAfter),
                "How long adm download waits at most when a server asks for it (Retry-After)"
            ),
            SettingDefinition(
                "connect-timeout",
                .duration(.milliseconds(1) ... .days(1)),
                .duration(builtIn.connectTimeout),
                "How long making a connection may take"
            ),
            SettingDefinition(
                "idle-timeout",
                .duration(.milliseconds(1) ... .days(1)),
                .duration(builtIn.idleTimeout),
                "How long a connection may stay silent before it is replaced"
            ),
            SettingDefinition(
                "first-byte-timeout",
                .duration(.milliseconds(1) ... .days(1)),
                .duration(builtIn.firstByteTimeout),
                "How long a server may take to answer, from the start of the connection attempt"
            ),
            SettingDefinition(
                "total-timeout",
                .duration(.zero ... .days(365)),
                .duration(builtIn.totalTimeout),
                "How long fetching a file may take in all, without the waits before retries; 0 for"
                    + " any time"
            ),
            SettingDefinition(
                "limit-rate",
                .rate,
                .rate(builtIn.limitRate),
                "The most bytes per second for one file; 0 for no limit; may differ by hours and days"
            ),
        ] + network + credentials + output + share + BudgetSettings.all

    private static let network: [SettingDefinition] = [
        SettingDefinition(
            "proxy",
            .proxy,
            .unset,
            "The proxy, with its port; without it the variables https_proxy, http_proxy and"
                + " all_proxy count"
        ),
        SettingDefinition(
            "no-proxy",
            .hosts,
            .list(builtIn.noProxy),
            "Hosts to reach without the proxy: names, .suffix, or * for all"
        ),
        SettingDefinition(
            "bind-address",
            .address,
            .unset,
            "The address of this machine that connections come from"
        ),
        SettingDefinition(
            "ca-file",
            .path,
            .unset,
            "A PEM file with certificates to trust besides the system's"
        ),
        SettingDefinition(
            "user-agent",
            .text,
            .text("adm/\(version)"),
            "The name that adm gives itself to servers"
        ),
        SettingDefinition(
            "header",
            .headers,
            .headers(builtIn.headers),
            "Further header fields; never a credential"
        ),
        SettingDefinition(
            "max-redirects",
            .wholeNumber(0...50),
            .number(builtIn.maxRedirects),
            "The longest chain of redirects to follow"
        ),
        SettingDefinition(
            "private-addresses",
            .choice(PrivateAddresses.allCases.map(\.rawValue)),
            .text(PrivateAddresses.refuse.rawValue),
            "Whether jobs that a program hands in over HTTP with a token of the scope submit may fetch"
                + " from this machine and private networks",
            places: [.profile, .config],
            restriction: "what other programs may reach belongs into a file that only you can write"
        ),
        SettingDefinition(
            "min-free-space",
            .bytes(atLeast: 0),
            .bytes(builtIn.minFreeSpace),
            "Space that a download must leave free on the file system"
        ),
    ]

    private static let output: [SettingDefinition] = [
        SettingDefinition(
            "progress",
            .choice(ProgressStyle.allCases.map(\.rawValue)),
            .text(ProgressStyle.auto.rawValue),
            "How progress is shown"
        ),
        SettingDefinition(
            "color",
            .choice(ColorChoice.allCases.map(\.rawValue)),
            .text(ColorChoice.auto.rawValue),
            "When colour is used"
        ),
        SettingDefinition(
            "quiet",
            .boolean,
            .boolean(false),
            "Say nothing but errors"
        ),
        SettingDefinition(
            "insecure",
            .boolean,
            .boolean(builtIn.insecure),
            "Accept any certificate, for this command only",
            places: [.flag],
            restriction:
                "switching off certificate checks must be given each time, with --insecure"
        ),
    ]

    private static let share: [SettingDefinition] = [
        SettingDefinition(
            "weight",
            .wholeNumber(1...1000),
            .number(builtInShare.weight),
            "How much of the budget this workspace gets beside others: twice the weight, twice the"
                + " slots",
            places: [.profile],
            restriction: ofWorkspace
        ),
        SettingDefinition(
            "min-slots",
            .wholeNumber(0...1000),
            .number(builtInShare.minSlots),
            "Slots of the budget guaranteed to this workspace before others get more",
            places: [.profile],
            restriction: ofWorkspace
        ),
        SettingDefinition(
            "max-slots",
            .wholeNumber(0...1000),
            .number(builtInShare.maxSlots),
            "The most slots of the budget for this workspace; 0 for no limit",
            places: [.profile],
            restriction: ofWorkspace
        ),
        SettingDefinition(
            "paused",
            .boolean,
            .boolean(builtInShare.isPaused),
            "Whether the jobs of this workspace wait until it is resumed",
            places: [.profile],
            restriction: ofWorkspace
        ),
        SettingDefinition(
            "workspace-rate",
            .rate,
            .rate(builtInShare.rate),
            "The most bytes per second for all files of this workspace together; 0 for no limit",
            places: [.profile],
            restriction: ofWorkspace
        ),
    ]

    private static let ofWorkspace =
        "it belongs to one workspace: adm ws set NAME changes it at once"

    /// The key with which a profile names the template below it; no setting of its own.
    package static let extends = SettingDefinition(
        "extends",
        .template,
        .unset,
        "The shipped template whose values count if the profile says nothing",
        places: [.profile],
        restriction: "only a profile extends a template"
    )

    private static let builtIn = TransferSettings()
    private static let builtInShare = WorkspaceShare()

    /// The setting with this name.
    package static func setting(_ name: String) -> SettingDefinition? {
        all.first { $0.name == name }
    }

    /// The rows of the keys that a file may name, `extends` first.
    package static func keys(in place: SettingPlace) -> [SettingDefinition] {
        ([extends] + all).filter { $0.places.contains(place) }
    }
}

extension Duration {
    /// A number of days of 24 hours.
    static func days(_ count: Int) -> Duration { .seconds(count * 86_400) }
}
