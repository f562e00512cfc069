import ADMModel
import Foundation

/// Makes an empty directory with mode 0700, hands it to `body`, and removes it with all it holds.
///
/// It lies in `ADM_TEST_TMPDIR`, else `TMPDIR`, else `/tmp`; its path has no symbolic links.
///
/// - Parameter body: What to do with the directory's path.
/// - Returns: What `body` returns.
/// - Throws: What `body` throws; `Failure` with `storage` if the directory cannot be made.
@discardableResult
package func withTemporaryDirectory<Result>(
    _ body: (String) async throws -> Result
) async throws -> Result {
    let path = try TemporaryDirectory.make()
    defer { TemporaryDirectory.remove(path) }
    return try await body(path)
}

/// Does what ``withTemporaryDirectory(_:)`` does, for a body that waits for nothing.
@discardableResult
package func inTemporaryDirectory<Result>(_ body: (String) throws -> Result) throws -> Result {
    let path = try TemporaryDirectory.make()
    defer { TemporaryDirectory.remove(path) }
    return try body(path)
}

/// Directories for the duration of a test.
enum TemporaryDirectory {
    static func make() throws(Failure) -> String {
        let environment = ProcessInfo.processInfo.environment
        let parent = environment["ADM_TEST_TMPDIR"] ?? environment["TMPDIR"] ?? "/tmp"
        let path =
            URL(fileURLWithPath: parent).resolvingSymlinksInPath().path
            + "/adm-test-\(UUID().uuidString.prefix(13))"
        do {
            try FileManager.default.createDirectory(
                atPath: path,
                withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o700]
            )
        } catch {
            throw Failure(.storage, "cannot make \(path)", cause: error.localizedDescription)
        }
        return path
    }

    static func remove(_ path: String) {
        let files = FileManager.default
        guard (try? files.removeItem(atPath: path)) == nil else { return }
        // A test may have left a directory in which nothing can be removed.
        let inside = files.enumerator(atPath: path)
        let names = [""] + (inside?.compactMap { $0 as? String } ?? [])
        for name in names where isDirectory("\(path)/\(name)") {
            try? files.setAttributes([.posixPermissions: 0o700], ofItemAtPath: "\(path)/\(name)")
        }
        try? files.removeItem(atPath: path)
    }

    private static func isDirectory(_ path: String) -> Bool {
        let type = try? FileManager.default.attributesOfItem(atPath: path)[.type]
        return type as? FileAttributeType == .typeDirectory
    }
}
