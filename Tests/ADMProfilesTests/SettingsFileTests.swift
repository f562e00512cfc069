import ADMModel
import ADMProfiles
import ADMTestSupport
import Foundation
import Glibc
import Testing

/// Reading from the disk.
struct SettingsFileTests {
    private func problem(_ path: String) throws -> Failure {
        let problem = try #require(try failure { try ProfileFile.load(path: path) })
        #expect(problem.code == .configuration)
        #expect(problem.message.contains(path))
        return problem
    }

    @Test func `a file is loaded, also through a symbolic link`() throws {
        try inTemporaryDirectory { directory in
            let path = directory + "/profile.toml"
            try "retries = 3\n".write(toFile: path, atomically: false, encoding: .utf8)
            #expect(try ProfileFile.load(path: path).value(of: "retries") == .number(3))
            try FileManager.default.createSymbolicLink(
                atPath: directory + "/link",
                withDestinationPath: path
            )
            #expect(try ProfileFile.load(path: directory + "/link").names == ["retries"])
        }
    }

    @Test func `a mistake is told with the path of the file`() throws {
        try inTemporaryDirectory { directory in
            let path = directory + "/profile.toml"
            try "\nretires = 3\n".write(toFile: path, atomically: false, encoding: .utf8)
            #expect(try problem(path).message == "\(path):2:1: unknown key \"retires\"")
        }
    }

    @Test func `a file that is missing, a directory or a FIFO is named`() throws {
        try inTemporaryDirectory { directory in
            let missing = try problem(directory + "/none.toml")
            #expect(missing.message == "cannot read \(directory)/none.toml")
            #expect(missing.cause == "No such file or directory")
            #expect(try problem(directory).message.hasSuffix("it is not a regular file"))
            try #require(unsafe mkfifo(directory + "/fifo", 0o600) == 0)
            #expect(try problem(directory + "/fifo").message.hasSuffix("it is not a regular file"))
            #expect(try problem("/dev/zero").message.hasSuffix("it is not a regular file"))
        }
    }

    @Test(.enabled(if: geteuid() != 0, "root may read every file"))
    func `a file without permission is named`() throws {
        try inTemporaryDirectory { directory in
            let path = directory + "/profile.toml"
            try "retries = 3\n".write(toFile: path, atomically: false, encoding: .utf8)
            try #require(unsafe chmod(path, 0) == 0)
            let problem = try problem(path)
            #expect(problem.cause == "Permission denied")
            #expect(problem.hint == "check its owner and its permissions")
        }
    }

    @Test func `CF1 a file larger than 1 MiB is refused`() throws {
        try inTemporaryDirectory { directory in
            let path = directory + "/profile.toml"
            let line = "# " + String(repeating: "x", count: 1021) + "\n"
            let full = String(repeating: line, count: 1024)
            try full.write(toFile: path, atomically: false, encoding: .utf8)
            #expect(try ProfileFile.load(path: path).names.isEmpty)
            try (full + "\n").write(toFile: path, atomically: false, encoding: .utf8)
            #expect(try problem(path).message == "\(path) is larger than 1.00 MiB")
            let parsed = try failure { try ProfileFile.parse(text: full + "\n", path: "p") }
            #expect(parsed?.message == "p is larger than 1.00 MiB")
        }
    }

    @Test(
        arguments: [
            ([0xFF], "1:1"), ([0x61, 0x0A, 0x23, 0xC3, 0xA9, 0xC3], "2:3"),
            ([0x23, 0x20, 0xED, 0xA0, 0x80], "1:3"), ([0x23, 0xC0, 0x80], "1:2"),
            ([0xEF, 0xBB, 0xBF, 0x23, 0x80], "1:2"),
        ] as [([UInt8], String)]
    )
    func `CF1 what is not UTF-8 has its line and column`(bytes: [UInt8], place: String) throws {
        try inTemporaryDirectory { directory in
            let path = directory + "/profile.toml"
            try Data(bytes).write(to: URL(fileURLWithPath: path))
            let problem = try problem(path)
            #expect(problem.message == "\(path):\(place): the text is not UTF-8")
            #expect(problem.hint == "save the file as UTF-8")
        }
    }
}
