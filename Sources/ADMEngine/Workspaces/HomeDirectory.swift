import ADMModel
import ADMSystem
import Foundation
import Glibc

/// Finds `ADM_HOME` and sees that it is this user's own.
enum HomeDirectory {
    /// Where everything lies: `$ADM_HOME`, else `.adm` in the user's home directory.
    ///
    /// Nothing is created.
    ///
    /// - Throws: ``Failure`` with `configuration` for a variable that is missing or relative, `storage`
    ///   if something else than a directory is in the way, `refused` if it is another user's, or others may change what is in it.
    static func locate(
        _ environment: [String: String],
        recorded: () -> String? = UserHome.recorded
    ) throws(Failure) -> HomeLayout {
        if let chosen = environment.variable("ADM_HOME") {
            guard chosen.hasPrefix("/") else {
                throw Failure(
                    .configuration,
                    "ADM_HOME is not an absolute path: \(chosen.debugDescription)",
                    hint: "begin it with a slash, for example ADM_HOME=$HOME/.adm"
                )
            }
            let root = trimmed(chosen)
            try checkOwner(root, variable: "ADM_HOME")
            try HomeOwnership.check(root)
            return HomeLayout(root: root)
        }
        let person = try userHome(environment, or: recorded())
        try checkOwner(person, variable: "HOME")
        let root = person == "/" ? "/.adm" : person + "/.adm"
        try checkOwner(root, variable: "HOME")
        try HomeOwnership.check(root)
        return HomeLayout(root: root)
    }

    /// The user's own directory: `HOME`; if that is unset, what the user database says.
    ///
    /// `recorded` is what the user database says; nil if it does not know the user.
    ///
    /// - Throws: ``Failure`` with `configuration` if neither says an absolute path, `storage` if that is
    ///   not a directory.
    static func userHome(
        _ environment: [String: String],
        or recorded: @autoclosure () -> String? = UserHome.recorded()
    ) throws(Failure) -> String {
        let variable = environment.variable("HOME")
        guard let home = variable ?? recorded() else {
            throw Failure(
                .configuration,
                "HOME is not set, and the system does not know user \(geteuid()), so there is no place for"
                    + " adm's files",
                hint: "set HOME, or ADM_HOME to an absolute path"
            )
        }
        let name = variable == nil ? "the home directory of user \(geteuid())" : "HOME"
        guard home.hasPrefix("/") else {
            throw Failure(
                .configuration,
                "\(name) is not an absolute path: \(home.debugDescription)",
                hint: "set HOME to your home directory, or ADM_HOME to an absolute path"
            )
        }
        let path = trimmed(home)
        guard StateFile.isDirectory(path) else {
            throw Failure(
                .storage,
                "\(name) is not a directory: \(path)",
                hint: "create it, or set ADM_HOME to a directory of your own"
            )
        }
        return path
    }

    /// Creates the home directory with its parents, for its owner only.
    static func prepare(_ layout: HomeLayout) throws(Failure) {
        var missing: [String] = []
        var path = layout.root
        while !path.isEmpty, !StateFile.isDirectory(path) {
            missing.append(path)
            path = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? ""
        }
        for path in missing.reversed() { try StateFile.makeDirectory(path) }
    }

    private static func checkOwner(_ path: String, variable: String) throws(Failure) {
        // What is missing is created at first need, where every other obstacle shows up too.
        guard let status = try? FileStatus.following(path) else { return }
        guard status.kind == .directory else {
            throw Failure(
                .storage,
                "\(path) is not a directory",
                hint: "move it away, or set ADM_HOME to another place"
            )
        }
        guard status.owner == geteuid() else {
            throw Failure(
                .refused,
                "\(path) belongs to user \(status.owner), and adm runs as user \(geteuid())",
                hint: "run adm as its owner, or set ADM_HOME to a directory of your own"
                    + (variable == "HOME" ? " (with sudo: sudo -H)" : "")
            )
        }
    }

    private static func trimmed(_ path: String) -> String {
        var path = path
        while path.count > 1, path.hasSuffix("/") { path.removeLast() }
        return path
    }
}

extension [String: String] {
    /// The value of an environment variable; nil when it is unset or empty.
    func variable(_ name: String) -> String? {
        self[name].flatMap { $0.isEmpty ? nil : $0 }
    }
}
