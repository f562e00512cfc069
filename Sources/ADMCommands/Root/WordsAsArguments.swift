public import ADMEngine
public import ADMModel
public import ArgumentParser

// The words of the model that options take as they are.
extension ColorChoice: ExpressibleByArgument {}
extension ConflictPolicy: ExpressibleByArgument {}
extension JobState: ExpressibleByArgument {}
extension ProgressStyle: ExpressibleByArgument {}
extension StatisticsGrouping: ExpressibleByArgument {}
