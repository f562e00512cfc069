import ADMTestSupport
import Foundation

/// A network and names of its own for one program; only the superuser may make them.
struct NetworkSpace: Sendable {
    /// Whether this process may make one, with a device behind which nobody answers.
    static let isAllowed: Bool = {
        guard geteuid() == 0 else { return false }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [
            "unshare", "--net", "--mount", "sh", "-c", "(\(silence)) >/dev/null 2>&1",
        ]
        guard (try? ChildProcess.start(process)) != nil else { return false }
        process.waitUntilExit()
        return process.terminationStatus == 0
    }()

    /// Makes loopback, and a device that swallows everything for `fd00::/64`.
    private static let silence = """
        ip link set lo up && ip tuntap add silent mode tun && ip link set silent up \
            && ip -6 addr add fd00::2/64 dev silent nodad
        """

    /// The arguments of `env` that run a shell script there.
    ///
    /// The parameter `hosts` is all that names resolve to, as in `man 5 hosts`; both files are put into
    /// `directory`.
    static func command(
        _ script: String,
        hosts: String,
        directory: String
    ) throws -> ChildProcess.Command {
        try hosts.write(toFile: directory + "/hosts", atomically: true, encoding: .utf8)
        try "hosts: files\n".write(
            toFile: directory + "/names",
            atomically: true,
            encoding: .utf8
        )
        let setUp = """
            set -e
            \(silence)
            mount --bind \(directory)/hosts /etc/hosts
            mount --bind \(directory)/names /etc/nsswitch.conf
            """
        return ChildProcess.Command(
            "/usr/bin/env",
            [
                "PATH=/usr/sbin:/sbin:/usr/bin:/bin", "unshare", "--net", "--mount", "sh", "-c",
                setUp + "\n" + script,
            ]
        )
    }
}
