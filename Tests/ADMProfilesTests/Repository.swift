import ADMModel
import Foundation

/// The files of the repository that these tests read.
enum Repository {
    /// The directory that holds `Package.swift`.
    static let root = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    /// The text of a file.
    static func text(_ path: String) throws -> String {
        try String(contentsOf: root.appendingPathComponent(path), encoding: .utf8)
    }
}

/// The failure that `body` throws; nil if it throws none.
func failure(_ body: () throws -> Any) throws -> Failure? {
    do {
        _ = try body()
        return nil
    } catch let failure as Failure {
        return failure
    }
}
