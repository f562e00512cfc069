package import ADMModel
import Foundation
import Glibc
import Synchronization

/// What a process tells of itself in its life sign: its number, and whose queues it runs.
///
/// Behind the bytes for membership and wake-ups stand lines: the number of the process, then the UUID of
/// each workspace.
extension Holder {
    private static let headLength = membership.utf8.count + 2

    /// Says that this process runs the queue of a workspace from now on, or does not any more.
    package func serve(_ workspace: String, _ serves: Bool) {
        served.withLock { served in
            if serves { served.insert(workspace) } else { served.remove(workspace) }
            describe(served)
        }
    }

    /// Writes the lines; without them nobody knows what the process does, and nothing else is wrong.
    func describe(_ served: Set<String>) {
        let descriptor = unsafe open(lock.path, O_WRONLY | O_CLOEXEC | O_NOFOLLOW)
        guard descriptor >= 0 else { return }
        defer { close(descriptor) }
        let lines = ["\(getpid())"] + served.sorted()
        let bytes = Array(lines.map { $0 + "\n" }.joined().utf8)
        let start = off_t(Holder.headLength)
        guard unsafe pwrite(descriptor, bytes, bytes.count, start) == bytes.count else { return }
        ftruncate(descriptor, start + off_t(bytes.count))
    }

    /// The numbers of the living processes that run the queue of a workspace, in order.
    package static func servers(of workspace: String, in layout: HomeLayout) -> [Int64] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: layout.holders)) ?? []
        return names.compactMap { name -> Int64? in
            guard name.hasSuffix(".lock") else { return nil }
            let id = String(name.dropLast(".lock".count))
            guard let lines = description(of: id, in: layout), lines.dropFirst().contains(workspace)
            else { return nil }
            return isAlive(id: id, in: layout, removing: false) ? Int64(digits: lines[0]) : nil
        }
        .sorted()
    }

    /// The number of the process with a life sign; nil where it does not tell.
    package static func process(of id: String, in layout: HomeLayout) -> Int64? {
        description(of: id, in: layout).flatMap { Int64(digits: $0[0]) }
    }

    private static func description(of id: String, in layout: HomeLayout) -> [String]? {
        guard UUID(uuidString: id) != nil, let bytes = SystemFile.read(path(id, layout)),
            bytes.count > headLength
        else { return nil }
        let lines = String(decoding: bytes[headLength...], as: UTF8.self).split(separator: "\n")
        return lines.isEmpty ? nil : lines.map(String.init)
    }
}
