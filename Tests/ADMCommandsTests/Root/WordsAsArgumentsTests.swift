import ADMModel
import ArgumentParser
import Testing

@testable import ADMCommands

/// The words of the model as values of options.
@Suite struct WordsAsArgumentsTests {
    @Test("an option names its words as they are written") func words() {
        #expect(ProgressStyle.allValueStrings == ["auto", "bar", "plain", "json", "none"])
        #expect(ColorChoice.allValueStrings.sorted() == ["always", "auto", "never"])
        #expect(LogLevel.allValueStrings.contains("critical"))
        #expect(ProgressStyle(argument: "bar") == .bar)
        #expect(ProgressStyle(argument: "Bar") == nil)
    }
}
