package import ADMModel
import Foundation
import Glibc

/// Which living processes may have leases.
extension Holder {
    /// What the life sign of a process begins with that takes part in the budget.
    static let membership = "member"

    /// Says that this process takes part in the budget from now on.
    ///
    /// A ledger that is made anew is quiet for a while where such processes live.
    package func becomeMember(in layout: HomeLayout) {
        let descriptor = unsafe open(Holder.path(id, layout), O_WRONLY | O_CLOEXEC | O_NOFOLLOW)
        guard descriptor >= 0 else { return }
        _ = unsafe pwrite(descriptor, Holder.membership, Holder.membership.utf8.count, 0)
        close(descriptor)
    }

    /// Whether a process other than `own` lives that takes part in the budget.
    static func hasMembers(besides own: String?, in layout: HomeLayout) -> Bool {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: layout.holders)) ?? []
        return names.contains { name in
            guard name.hasSuffix(".lock") else { return false }
            let id = String(name.dropLast(".lock".count))
            return id != own && isMember(id, in: layout) && isAlive(id: id, in: layout)
        }
    }

    private static func isMember(_ id: String, in layout: HomeLayout) -> Bool {
        guard UUID(uuidString: id) != nil else { return false }
        let descriptor = unsafe open(path(id, layout), O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: membership.utf8.count)
        let count = unsafe read(descriptor, &bytes, bytes.count)
        return count == bytes.count && bytes == Array(membership.utf8)
    }
}
