import ADMTestServer
import ADMTestSupport
import Foundation
import Testing

/// A server that floods or errs over HTTP/2 is asked over HTTP/1.1, at once and in little memory.
@Suite(.timeLimit(.minutes(4))) struct HostileHTTP2Tests {
    /// Runs a program, passes its status on and prints the most memory that it had, in KiB.
    private static let measured = """
        import resource, subprocess, sys
        status = subprocess.run(sys.argv[1:], stdout=sys.stderr).returncode
        print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
        sys.exit(status)
        """

    @Test(arguments: HTTP2Fault.allCases)
    func `H15 what fails over HTTP-2 comes over HTTP-1, without costing an attempt`(
        fault: HTTP2Fault
    ) async throws {
        let certificates = try TestCertificates.shared()
        try await LocalService.withHostileHTTP2(fault, certificates.good) { service in
            try await AdmProcess.withHome { adm in
                let directory = adm.home + "/downloads"
                let urls = (1...6).map { "https://localhost:\(service.port)/f\($0)" }
                let line =
                    [
                        "-c", Self.measured, try AdmProcess.executable(), "download", "--retries",
                        "0",
                    ]
                    + ["--first-byte-timeout", "1m", "--ca-file", certificates.authority]
                    + ["-d", directory] + urls
                let outcome = try await ChildProcess.output(
                    ChildProcess.Command(
                        "/usr/bin/env",
                        ["python3"] + line,
                        environment: adm.variables
                    )
                )
                #expect(outcome.status == 0, "\(fault): \(outcome.errorOutput)")
                for number in 1...6 {
                    let bytes = FileManager.default.contents(atPath: "\(directory)/f\(number)")
                    #expect(bytes == Data("hello".utf8), "\(fault): f\(number)")
                }
                let peak = Int(outcome.output.trimmingCharacters(in: .whitespacesAndNewlines))
                #expect(try #require(peak) < 100 * 1_024, "\(fault): \(peak ?? 0) KiB")
            }
        }
    }
}
