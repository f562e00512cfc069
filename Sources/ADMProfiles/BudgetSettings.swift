import ADMModel

/// The settings of the budget that all processes share; they stand in `config.toml` alone.
enum BudgetSettings {
    static let all: [SettingDefinition] = [
        SettingDefinition(
            "budget-slots",
            .wholeNumber(0...1000),
            .number(builtInLimits.slots),
            "How many files all adm processes fetch at once together; 0 for as many as budget-connections"
                + " allows",
            places: [.config],
            restriction: ofMachine
        ),
        SettingDefinition(
            "budget-per-host",
            .wholeNumber(0...1000),
            .number(builtInLimits.perHost),
            "How many of them from one host; 0 for as many as budget-host-connections allows",
            places: [.config],
            restriction: ofMachine
        ),
        SettingDefinition(
            "budget-connections",
            .wholeNumber(1...1000),
            .number(builtInLimits.connections),
            "How many connections all files have together: one each, a large file up to max-connections",
            places: [.config],
            restriction: ofMachine
        ),
        SettingDefinition(
            "budget-host-connections",
            .wholeNumber(1...1000),
            .number(builtInLimits.hostConnections),
            "How many of them to one host",
            places: [.config],
            restriction: ofMachine
        ),
        SettingDefinition(
            "budget-rate",
            .rate,
            .rate(builtInLimits.rate),
            "The most bytes per second for all of them together; 0 for no limit",
            places: [.config],
            restriction: ofMachine
        ),
        SettingDefinition(
            "budget-host-rate",
            .rate,
            .rate(builtInLimits.hostRate),
            "The most bytes per second from one host for all of them together; 0 for no limit",
            places: [.config],
            restriction: ofMachine
        ),
    ]

    private static let ofMachine =
        "it is for all workspaces and processes: adm budget set changes it at once"
    private static let builtInLimits = BudgetLimits()
}
