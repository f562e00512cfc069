import ADMModel
import ADMTestServer
import ADMTestSupport
import Foundation
import Testing

/// A home that is put back to its beginning again and again, and a download that `strace` disturbs.
///
/// `strace` counts the calls of every thread on their own, so a point names the files that it is
/// about wherever several threads make the same call.
struct CrashRig: Sendable {
    /// Where the download begins from.
    enum Start: Sendable {
        /// No `ADM_HOME` at all.
        case nothing
        /// A workspace and its database, without jobs.
        case workspace
        /// A paused job with a third of its bytes.
        case pausedJob
    }

    /// A call of the program, before which it is killed or of which the result is replaced.
    struct Point: Sendable, CustomTestStringConvertible {
        let call: String
        let start: Start
        /// The files that count, relative to the home; empty is every file.
        var files: [String] = []
        /// Whether the partial file of the paused job counts.
        var isPartFile = false
        /// Only every so manieth call is tried.
        var step = 1

        var testDescription: String {
            "\(call) from \(start)\(files.isEmpty ? "" : " on \(files)")"
                + (isPartFile ? " on the part file" : "")
        }
    }

    static let file = TestFile("/file.bin", length: 3 * 1_048_576, seed: 23)
    private static let name = "file.bin"

    let rig: DownloadRig
    private let digest: String
    private let start: Start
    private let snapshot: String

    /// Runs a test with a home that begins at `start`.
    static func run(_ start: Start, body: (CrashRig) async throws -> Void) async throws {
        let digest = try await file.body.sha256()
        try await withTemporaryDirectory { snapshots in
            try await DownloadRig.run([file]) { rig in
                let crash = CrashRig(
                    rig: rig,
                    digest: digest,
                    start: start,
                    snapshot: snapshots + "/home"
                )
                try await crash.prepare()
                try await body(crash)
            }
        }
    }

    /// Whether this machine lets a program trace another.
    static func canTrace() async -> Bool {
        let command = ChildProcess.Command(
            "/usr/bin/env",
            ["strace", "-f", "-qq", "-o", "/dev/null", "-e", "inject=fsync:error=EIO", "true"],
            environment: ProcessInfo.processInfo.environment
        )
        return (try? await ChildProcess.output(command).status) == 0
    }

    // MARK: - Disturbing

    /// The command that a person types, and types again.
    func line(_ options: String...) -> [String] {
        ["download", "-d", rig.directory, "--hash", "sha256:\(digest)", "--max-connections", "1"]
            + ["--progress", "none"] + options + [rig.server.url(CrashRig.file.path)]
    }

    /// Puts the home back and runs the download under `strace`.
    ///
    /// - Parameters:
    ///   - point: The call to disturb.
    ///   - fault: What happens at it, in the words of `strace -e inject=`.
    ///   - occurrences: Which of the calls, as `when=` takes it.
    /// - Returns: What the program left; status 137 if it was killed.
    /// - Throws: `Failure` if `strace` cannot be started; what restoring the home throws.
    func disturb(
        _ point: Point,
        _ fault: String,
        at occurrences: String
    ) async throws -> ChildProcess.Outcome {
        try restore()
        var paths = point.files.map { rig.adm.home + "/" + $0 }
        if point.isPartFile { paths += parts() }
        try #require(!point.isPartFile || !paths.isEmpty, "there is no part file")
        var command = try rig.adm.command(line())
        command.arguments =
            ["strace", "-f", "-qq", "-o", "/dev/null", "-e", "trace=\(point.call)"]
            + ["-e", "inject=\(point.call):\(fault):when=\(occurrences)"]
            + paths.flatMap { ["-P", $0] } + [command.executable] + command.arguments
        command.executable = "/usr/bin/env"
        return try await ChildProcess.output(command)
    }

    // MARK: - Looking

    /// Whether the file has its final name; records an issue if it has not all its bytes.
    func isVisible(_ place: String) throws -> Bool {
        guard rig.saved().contains(CrashRig.name) else { return false }
        #expect(try rig.isRight(CrashRig.name, CrashRig.file.path), "not whole: \(place)")
        return true
    }

    /// Goes on as a person would, and checks that everything ends as if nothing had happened.
    ///
    /// - Parameters:
    ///   - place: Where the program was disturbed, for messages.
    ///   - resumes: Whether `adm resume --all` comes first, not the same command again.
    /// - Throws: `Failure` if `adm` cannot be started; what decoding its answers throws.
    func recover(_ place: String, resumes: Bool) async throws {
        let wasVisible = try isVisible(place)
        if resumes || wasVisible {
            let resumed = try await rig.adm.output(["resume", "--all"])
            #expect(resumed.status == 0, "resume \(place): \(resumed.errorOutput)")
        }
        if try await jobs("--all").isEmpty || !resumes && !wasVisible {
            let again = try await rig.adm.output(line("--if-exists", "error"))
            #expect(again.status == 0, "again \(place): \(again.errorOutput)")
        }
        #expect(rig.saved() == [CrashRig.name], "\(place)")
        #expect(try isVisible(place), "\(place)")
        #expect(try await jobs("--all").map(\.state) == ["succeeded"], "\(place)")
        #expect(try await jobs().isEmpty, "\(place)")
    }

    /// The jobs that `adm list --json` names.
    func jobs(_ options: String...) async throws -> [ListedJob] {
        let outcome = try await rig.adm.output(["list", "--json"] + options)
        #expect(outcome.status == 0, "\(outcome.errorOutput)")
        return try JSONDecoder().decode([ListedJob].self, from: outcome.outputBytes)
    }

    /// Keeps a copy of the database to be checked with others in the end.
    func keepDatabase(_ label: String) throws {
        let workspace = rig.adm.admHome + "/workspaces/default"
        for name in ["jobs.db", "jobs.db-wal"] {
            let path = "\(workspace)/\(name)"
            guard FileManager.default.fileExists(atPath: path) else { continue }
            let copy = "\(snapshot)-\(label).db" + name.dropFirst("jobs.db".count)
            try FileManager.default.copyItem(atPath: path, toPath: copy)
        }
    }

    /// Checks all databases that were kept, by a SQLite that is not the program's.
    func checkDatabases() async throws {
        let folder = URL(fileURLWithPath: snapshot).deletingLastPathComponent().path
        let script = """
            from glob import glob; from sqlite3 import connect; from sys import argv
            for path in glob(argv[1] + "/*.db"):
                rows = connect(path).execute("PRAGMA integrity_check").fetchall()
                print("" if rows == [("ok",)] else f"{path}: {rows}", end="")
            """
        let outcome = try await ChildProcess.output(
            ChildProcess.Command(
                "/usr/bin/env",
                ["python3", "-c", script, folder],
                environment: ProcessInfo.processInfo.environment
            )
        )
        #expect(outcome.status == 0, "\(outcome.errorOutput)")
        #expect(outcome.output == "")
    }

    // MARK: - The beginning

    private func prepare() async throws {
        switch start {
        case .nothing: break
        case .workspace: _ = try await rig.adm.output(["list"])
        case .pausedJob: try await pause()
        }
        try FileManager.default.copyItem(atPath: rig.adm.home, toPath: snapshot)
    }

    private func pause() async throws {
        let path = CrashRig.file.path
        rig.server.update(path) { $0.behaviour.interruptions = [.stall(after: 1_048_576)] }
        let stopped = try await rig.adm.run(line()) { child in
            try await rig.server.waitUntilStalled(path: path)
            try await rig.waitUntilKept()
            child.send(SIGINT)
            return try await child.wait()
        }
        #expect(stopped.status == 130, "\(stopped.errorOutput)")
        try await rig.server.waitUntilIdle(path: path)
        rig.server.update(path) { $0.behaviour.interruptions = [] }
    }

    private func restore() throws {
        let files = FileManager.default
        try files.removeItem(atPath: rig.adm.home)
        try files.copyItem(atPath: snapshot, toPath: rig.adm.home)
    }

    private func parts() -> [String] {
        rig.saved().filter { $0.hasSuffix(".part") }.map { rig.directory + "/" + $0 }
    }
}

/// What tests look at in `adm list --json`.
struct ListedJob: Decodable, Sendable {
    let number: Int
    let state: String
}
