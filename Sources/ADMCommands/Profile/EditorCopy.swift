import ADMModel
import Foundation

/// A copy of a text that an editor works on, in a directory that only its owner can enter.
struct EditorCopy {
    /// The path of the copy.
    let path: String
    private let directory: String
    private let original: String

    /// Writes the copy.
    ///
    /// - Throws: ``Failure`` with `storage` if that is not possible.
    init(text: String) throws(Failure) {
        original = text
        directory =
            FileManager.default.temporaryDirectory.path + "/adm-edit-\(UUID.random().uuidString)"
        path = directory + "/profile.toml"
        do {
            try FileManager.default.createDirectory(
                atPath: directory,
                withIntermediateDirectories: false,
                attributes: [.posixPermissions: 0o700]
            )
            try Data(text.utf8).write(to: URL(fileURLWithPath: path))
        } catch {
            throw Failure(
                .storage,
                "cannot write a copy of the profile to \(path)",
                hint: "set TMPDIR to a directory that can be written",
                cause: error.localizedDescription
            )
        }
    }

    /// The present text of the copy.
    ///
    /// - Throws: ``Failure`` with `storage` if it is gone or not UTF-8.
    func read() throws(Failure) -> String {
        do {
            return try String(contentsOfFile: path, encoding: .utf8)
        } catch {
            throw kept(
                Failure(.storage, "cannot read \(path)", cause: error.localizedDescription)
            )
        }
    }

    /// Runs `body`; if it fails, the copy stays only if something was written into it.
    func removeUnlessChanged(_ body: () throws(Failure) -> Void) throws(Failure) {
        do {
            try body()
        } catch {
            guard let text = try? String(contentsOfFile: path, encoding: .utf8), text != original
            else {
                remove()
                throw error
            }
            throw kept(error)
        }
    }

    /// The failure, with the place of the text that would otherwise be lost.
    func kept(_ failure: Failure) -> Failure {
        var failure = failure
        let place = "your text is kept in \(path)"
        failure.hint = failure.hint.map { "\($0); \(place)" } ?? place
        return failure
    }

    /// Deletes the copy.
    func remove() {
        try? FileManager.default.removeItem(atPath: directory)
    }
}
