import ADMTestSupport

/// A TCP connection on which a test says exactly what it wants to.
enum RawConnection {
    /// Sends `text` and reads until the server closes the connection.
    static func exchange(port: Int, _ text: String) async throws -> String {
        let script = "exec 3<>/dev/tcp/127.0.0.1/\(port); printf %s \"$0\" >&3; cat <&3"
        let command = ChildProcess.Command("/bin/bash", ["-c", script, text])
        return try await ChildProcess.output(command).output
    }
}
