import ADMModel
import Testing

@testable import ADMProfiles

/// Every setting, and the numbers that nobody should give it.
@Suite struct ExtremeSettingTests {
    static let texts = [
        "", "0", "-1", "1", "9007199254740993", "1152921504606846976", "1152921504606846977",
        "9223372036854775807", "-9223372036854775808", "99999999999999999999", "1e308", "-1e308",
        "NaN", "inf", "9223372036854775807s", "99999999999d", "9223372036854775807 TiB", "9e9 GiB",
        "8 EiB", "08:00-99999999999:00", "1 25:00-26:00 mon",
    ]

    @Test(arguments: texts)
    func `a setting reads it from words, variables and files or says what it may be`(
        text: String
    ) {
        for definition in SettingsTable.all {
            check(try? definition.kind.read(words: [text]), definition.name)
            check(try? definition.kind.read(variable: text), definition.name)
            check(try? definition.kind.read(.string(text)), definition.name)
        }
    }

    private func check(_ value: SettingValue?, _ name: String) {
        guard let value else { return }
        #expect(!value.toml.isEmpty)
        if case .bytes(let count) = value {
            #expect((0...ByteCount.limit).contains(count.bytes), "\(name)")
        }
        if case .rate(let rate) = value {
            #expect(rate.otherwise.bytes <= ByteCount.limit, "\(name)")
        }
    }

    @Test(arguments: [0, 1, -1, 1 << 53, 1 << 60, (1 << 60) + 1, Int.max, Int.min])
    func `a whole number of a file is checked`(number: Int) {
        for definition in SettingsTable.all {
            guard let value = try? definition.kind.read(.integer(number)) else { continue }
            #expect(!value.toml.isEmpty)
            if case .bytes(let count) = value { #expect(count.bytes <= ByteCount.limit) }
        }
    }

    @Test(arguments: [0, -0.5, 0x1p53, 0x1p63, 1e308, -1e308, .nan, .infinity] as [Double])
    func `a decimal number of a file is checked`(number: Double) {
        for definition in SettingsTable.all {
            if let value = try? definition.kind.read(.decimal(number)) {
                #expect(!value.toml.isEmpty)
            }
        }
    }
}
