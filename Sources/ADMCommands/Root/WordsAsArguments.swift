public import ADMEngine
public import ADMModel
public import ArgumentParser

// The words of the model that options take as they are.
extension ColorChoice: ExpressibleByArgument {}
extension ConflictPolicy: ExpressibleByArgument {}
extension JobState: ExpressibleByArgument {}
extension ProgressStyle: ExpressibleByArgument {}
extension StatisticsGrouping: ExpressibleByArgument {}
extension TokenScope: ExpressibleByArgument {}

extension ExpressibleByArgument
where Self: CaseIterable, Self: RawRepresentable, RawValue == String {
    /// The words themselves, as the parser would find them; it takes a key path for that, which is made again with
    /// every start.
    public static var allValueStrings: [String] { allCases.map { $0.rawValue } }
}
