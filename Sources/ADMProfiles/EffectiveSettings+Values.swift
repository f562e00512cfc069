import ADMModel

extension EffectiveSettings {
    /// Takes the merged values by name.
    init(entries: [EffectiveSetting], values: [String: SettingValue]) {
        let read = SettingReader(values)
        var transfer = TransferSettings()
        transfer.maxConnections = read.number("max-connections")
        transfer.minSegmentSize = read.bytes("min-segment-size")
        transfer.retry = RetryPolicy(
            limit: read.number("retries"),
            base: read.duration("retry-wait").seconds,
            cap: read.duration("retry-wait-max").seconds
        )
        transfer.maxRetryAfter = read.duration("max-retry-after")
        transfer.connectTimeout = read.duration("connect-timeout")
        transfer.idleTimeout = read.duration("idle-timeout")
        transfer.firstByteTimeout = read.duration("first-byte-timeout")
        transfer.totalTimeout = read.duration("total-timeout")
        transfer.bindAddress = read.text("bind-address")
        transfer.limitRate = read.rate("limit-rate")
        transfer.noProxy = read.list("no-proxy")
        transfer.caFile = read.text("ca-file")
        transfer.insecure = read.boolean("insecure")
        transfer.userAgent = read.text("user-agent") ?? transfer.userAgent
        transfer.headers = read.headers("header")
        transfer.maxRedirects = read.number("max-redirects")
        transfer.minFreeSpace = read.bytes("min-free-space")
        transfer.ifExists = read.choice("if-exists") ?? transfer.ifExists
        transfer.proxy = read.text("proxy")
        self.init(
            entries: entries,
            transfer: transfer,
            directory: read.text("directory"),
            maxConcurrent: read.number("max-concurrent"),
            progress: read.choice("progress") ?? .auto,
            color: read.choice("color") ?? .auto,
            credentials: CredentialSettings(
                store: read.choice("credential-store"),
                command: read.text("credential-command"),
                keyFile: read.text("credential-key-file")
            ),
            share: WorkspaceShare(
                weight: read.number("weight"),
                minSlots: read.number("min-slots"),
                maxSlots: read.number("max-slots"),
                isPaused: read.boolean("paused"),
                rate: read.rate("workspace-rate")
            ),
            budget: BudgetLimits(
                slots: read.number("budget-slots"),
                perHost: read.number("budget-per-host"),
                connections: read.number("budget-connections"),
                hostConnections: read.number("budget-host-connections"),
                rate: read.rate("budget-rate"),
                hostRate: read.rate("budget-host-rate")
            ),
            privateAddresses: read.choice("private-addresses") ?? .refuse
        )
    }
}

/// Takes values out by name; the table's own if there is none.
private struct SettingReader {
    private let values: [String: SettingValue]

    init(_ values: [String: SettingValue]) { self.values = values }

    private func value(_ name: String) -> SettingValue {
        values[name] ?? SettingsTable.setting(name)?.builtIn ?? .unset
    }

    func number(_ name: String) -> Int {
        guard case .number(let number) = value(name) else { preconditionFailure(mismatch(name)) }
        return number
    }

    func bytes(_ name: String) -> ByteCount {
        guard case .bytes(let count) = value(name) else { preconditionFailure(mismatch(name)) }
        return count
    }

    func rate(_ name: String) -> Rate {
        guard case .rate(let rate) = value(name) else { preconditionFailure(mismatch(name)) }
        return rate
    }

    func duration(_ name: String) -> Duration {
        guard case .duration(let span) = value(name) else { preconditionFailure(mismatch(name)) }
        return span
    }

    func list(_ name: String) -> [String] {
        guard case .list(let items) = value(name) else { preconditionFailure(mismatch(name)) }
        return items
    }

    func headers(_ name: String) -> [HeaderField] {
        guard case .headers(let fields) = value(name) else { preconditionFailure(mismatch(name)) }
        return fields
    }

    func boolean(_ name: String) -> Bool {
        guard case .boolean(let flag) = value(name) else { preconditionFailure(mismatch(name)) }
        return flag
    }

    func text(_ name: String) -> String? {
        guard case .text(let text) = value(name) else { return nil }
        return text
    }

    func choice<Choice: RawRepresentable>(_ name: String) -> Choice?
    where Choice.RawValue == String {
        text(name).flatMap(Choice.init(rawValue:))
    }

    private func mismatch(_ name: String) -> String {
        "the table of settings gives \(name) another type"
    }
}
