package import ADMModel
import Foundation
import Glibc
import Synchronization

/// What a process tells the others in the file of its lock: whether it takes part in the budget, its
/// number, and whose queues it runs.
///
/// The file begins with the bytes for membership and wake-ups. Lines follow: the number of the process,
/// then the UUID of each workspace.
extension LivenessLock {
    /// How the file of a process begins that takes part in the budget.
    static let membership = "member"
    private static let headLength = membership.utf8.count + 2

    /// Says that this process takes part in the budget from now on.
    ///
    /// While such processes live, a ledger that has to be created again is quiet for a while.
    package func becomeMember() {
        guard let file = try? Descriptor.open(lock.path, O_WRONLY | O_NOFOLLOW) else { return }
        try? file.write(LivenessLock.membership, at: 0)
    }

    /// Whether a process other than `own` lives that takes part in the budget.
    package static func hasMembers(besides own: String?, in layout: HomeLayout) -> Bool {
        all(in: layout).contains { id in
            id != own && isMember(id, in: layout) && isAlive(id: id, in: layout)
        }
    }

    private static func isMember(_ id: String, in layout: HomeLayout) -> Bool {
        bytes(of: id, in: layout)?.starts(with: membership.utf8) ?? false
    }

    /// Says that this process runs the queue of a workspace from now on, or does not any more.
    package func serve(_ workspace: String, _ serves: Bool) {
        served.withLock { served in
            if serves { served.insert(workspace) } else { served.remove(workspace) }
            describe(served)
        }
    }

    /// Writes the lines; without them nobody knows what the process does, and nothing else is wrong.
    func describe(_ served: Set<String>) {
        guard let file = try? Descriptor.open(lock.path, O_WRONLY | O_NOFOLLOW) else { return }
        let lines = ["\(getpid())"] + served.sorted()
        let text = lines.map { $0 + "\n" }.joined()
        let start = Int64(LivenessLock.headLength)
        do {
            try file.write(text, at: start)
            try file.setLength(start + Int64(text.utf8.count))
        } catch {
            return
        }
    }

    /// The numbers of the living processes that run the queue of a workspace, in order.
    package static func servers(of workspace: String, in layout: HomeLayout) -> [Int64] {
        all(in: layout).compactMap { id -> Int64? in
            guard let lines = description(of: id, in: layout), lines.dropFirst().contains(workspace)
            else { return nil }
            return isAlive(id: id, in: layout, removing: false) ? Int64(digits: lines[0]) : nil
        }
        .sorted()
    }

    /// The number of the process with a lock; nil if it does not tell.
    package static func process(of id: String, in layout: HomeLayout) -> Int64? {
        description(of: id, in: layout).flatMap { Int64(digits: $0[0]) }
    }

    private static func description(of id: String, in layout: HomeLayout) -> [String]? {
        guard let bytes = bytes(of: id, in: layout), bytes.count > headLength else { return nil }
        let lines = String(decoding: bytes[headLength...], as: UTF8.self).split(separator: "\n")
        return lines.isEmpty ? nil : lines.map(String.init)
    }

    private static func bytes(of id: String, in layout: HomeLayout) -> [UInt8]? {
        guard UUID(uuidString: id) != nil else { return nil }
        return SystemFile.read(path(id, layout))
    }
}
