import ADMModel
import ADMTestSupport
import Foundation
import Glibc
import Testing

/// A session bus and a real gnome-keyring on it, for the time that a test runs.
struct KeyringSession: Sendable {
    /// What a program needs to find both.
    let environment: [String: String]
    /// The keyring's daemon.
    let keyring: ChildProcess
    private let directory: String

    /// Whether everything is installed.
    static var isInstalled: Bool {
        ["dbus-daemon", "gnome-keyring-daemon", "secret-tool"].allSatisfy {
            LocalService.find($0) != nil
        } && !libraries.isEmpty
    }

    private static var libraries: [String] {
        let files = FileManager.default
        return ["/usr/lib", "/usr/lib64"].flatMap { root in
            ((try? files.contentsOfDirectory(atPath: root)) ?? []).map { "\(root)/\($0)" } + [root]
        }.filter { files.fileExists(atPath: "\($0)/libsecret-1.so.0") }
    }

    /// Runs a bus and a keyring that is open.
    static func run(body: (KeyringSession) async throws -> Void) async throws {
        try await withBus { variables, directory in
            let daemon = try command(
                "gnome-keyring-daemon",
                ["--foreground", "--unlock", "--components=secrets"],
                variables,
                input: .text("open sesame")
            )
            try await ChildProcess.run(daemon) { keyring in
                let session = KeyringSession(
                    environment: variables,
                    keyring: keyring,
                    directory: directory
                )
                try await session.waitUntilOpen()
                try await body(session)
                // A stopped one could not be waited for.
                keyring.send(SIGCONT)
            }
        }
    }

    /// Runs a bus on which there is no service and none can be started.
    static func withBus(
        body: (_ environment: [String: String], _ directory: String) async throws -> Void
    ) async throws {
        try await withTemporaryDirectory { directory in
            let address = "unix:path=\(directory)/bus"
            try """
            <busconfig>
              <type>session</type>
              <listen>\(address)</listen>
              <auth>EXTERNAL</auth>
              <policy context="default">
                <allow send_destination="*" eavesdrop="true"/>
                <allow eavesdrop="true"/>
                <allow own="*"/>
              </policy>
            </busconfig>
            """.write(toFile: "\(directory)/bus.conf", atomically: true, encoding: .utf8)
            let variables = [
                "DBUS_SESSION_BUS_ADDRESS": address,
                "XDG_DATA_HOME": "\(directory)/data",
                "XDG_RUNTIME_DIR": directory,
            ]
            let bus = try command(
                "dbus-daemon",
                ["--nofork", "--config-file=\(directory)/bus.conf", "--print-address=1"],
                variables
            )
            try await ChildProcess.run(bus) { bus in
                try await bus.waitForOutput(containing: address)
                try await body(variables, directory)
            }
        }
    }

    /// Locks the default keyring.
    func lock() async throws {
        // secret-tool 0.20.5 crashes after it has locked the keyring.
        _ = try await ChildProcess.output(
            try Self.command("secret-tool", ["lock"], environment)
        )
    }

    /// Opens it again for the time that `body` runs, as somebody does who types the password over SSH.
    func unlocked(body: () async throws -> Void) async throws {
        let daemon = try Self.command(
            "gnome-keyring-daemon",
            ["--foreground", "--replace", "--unlock", "--components=secrets"],
            environment,
            input: .text("open sesame")
        )
        try await ChildProcess.run(daemon) { keyring in
            let session = KeyringSession(
                environment: environment,
                keyring: keyring,
                directory: directory
            )
            try await session.waitUntilOpen()
            try await body()
        }
    }

    /// What another program sees of adm's items.
    func items() async throws -> String {
        let outcome = try await ChildProcess.output(
            try Self.command(
                "secret-tool",
                ["search", "--all", "application", "adm"],
                environment
            )
        )
        return outcome.output + outcome.errorOutput
    }

    private func waitUntilOpen() async throws {
        try await eventually(below: directory) { () async throws -> Bool? in
            guard keyring.termination == nil else {
                throw Failure(.unclassified, "no keyring", cause: keyring.errorOutput)
            }
            let stored = try await ChildProcess.output(
                try Self.command(
                    "secret-tool",
                    ["store", "--label=probe", "test", "probe"],
                    environment,
                    input: .text("x")
                )
            )
            return stored.status == 0 ? true : nil
        }
    }

    private static func command(
        _ name: String,
        _ arguments: [String],
        _ environment: [String: String],
        input: ChildProcess.Input = .none
    ) throws -> ChildProcess.Command {
        guard let path = LocalService.find(name) else {
            throw Failure(.unclassified, "\(name) is not installed", hint: "run make test")
        }
        let own = ["PATH": "/usr/bin:/bin", "HOME": environment["XDG_RUNTIME_DIR"] ?? "/"]
        return ChildProcess.Command(
            path,
            arguments,
            environment: own.merging(environment) { $1 },
            directory: "/",
            input: input
        )
    }
}
