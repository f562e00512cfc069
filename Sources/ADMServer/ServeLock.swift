import ADMModel
import ADMSystem
import Foundation
import Glibc

/// Sees that one home has one daemon: the lock on `run/serve.lock`; the number of the daemon's process is in
/// `run/serve.lock.pid`.
///
/// The kernel frees it when the process dies in whatever way.
final class ServeLock: Sendable {
    private let lock: FileLock
    private let path: String

    /// Becomes the daemon of a home.
    ///
    /// - Throws: ``Failure`` with `locked` that names the other one, `storage` or `noSpace`.
    init(_ layout: HomeLayout) throws(Failure) {
        try StateFile.makeDirectory(layout.root)
        try StateFile.makeDirectory(layout.run)
        path = layout.run + "/serve.lock"
        guard let lock = try FileLock.tryAcquire(path: path) else {
            throw ServeLock.taken(path, layout)
        }
        self.lock = lock
        try StateFile.write(path + ".pid", "\(OwnProcess.identifier)\n")
    }

    /// Removes the number of the daemon, which ends.
    func end() { unsafe unlink(path + ".pid") }

    private static func taken(_ path: String, _ layout: HomeLayout) -> Failure {
        let text = (try? StateFile.read(path + ".pid")) ?? nil
        let number = text.flatMap {
            Int64(digits: $0.trimmingCharacters(in: .whitespacesAndNewlines))
        }
        let process = number.flatMap { Int32(exactly: $0) }.flatMap(
            ProcessDescription.init(reading:)
        )
        return Failure(
            .locked,
            "a daemon serves \(layout.root) already: \(process?.text ?? "its process is not known")",
            hint: "stop it first, or use another ADM_HOME"
        )
    }
}
