import Foundation

/// Where a text is found.
enum Traces {
    /// The files below a directory that hold a text, as it is or in Base64.
    static func find(_ text: String, below directory: String) throws -> [String] {
        let files = FileManager.default
        let wanted = [Data(text.utf8), Data(Data(text.utf8).base64EncodedString().utf8)]
        return try files.subpathsOfDirectory(atPath: directory).filter { path in
            guard let data = files.contents(atPath: directory + "/" + path) else { return false }
            return wanted.contains { data.range(of: $0) != nil }
        }
    }
}
