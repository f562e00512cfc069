package import ADMModel
package import ADMTestServer
import Foundation

/// A private certificate authority with server certificates, good and bad.
///
/// Made by `openssl` once per process, valid for 30 days, removed when the process ends.
package struct TestCertificates: Sendable {
    /// The path of the authority's certificate, PEM, for `--ca-file`.
    package let authority: String
    /// For `localhost`, `127.0.0.1` and `::1`.
    package let good: TestServer.TLS
    /// For `wrong.example` only.
    package let wrongName: TestServer.TLS
    /// For the right names, expired in 2021.
    package let expired: TestServer.TLS
    private let directory: String
    /// `openssl ca` writes its index: one certificate is made at a time.
    private static let making = NSLock()

    /// The certificates of this process.
    ///
    /// - Throws: `Failure` with `unclassified` if `openssl` is missing or fails.
    package static func shared() throws(Failure) -> TestCertificates { try made.get() }

    private static let made: Result<TestCertificates, Failure> = {
        do throws(Failure) {
            let directory = try directory.get()
            atexit {
                if case .success(let path) = TestCertificates.directory {
                    TemporaryDirectory.remove(path)
                }
            }
            return .success(try TestCertificates(in: directory))
        } catch {
            return .failure(error)
        }
    }()

    private static let directory: Result<String, Failure> = {
        do throws(Failure) {
            return .success(try TemporaryDirectory.make())
        } catch {
            return .failure(error)
        }
    }()

    /// Makes another certificate of the authority.
    ///
    /// - Parameters:
    ///   - name: What its files are named for, unique in the process; also its common name.
    ///   - names: Its alternative names as `openssl` writes them, `DNS:a.test,IP:127.0.0.1`; nil for none.
    ///   - isExpired: Whether it ended in 2021.
    /// - Returns: Its files.
    /// - Throws: `Failure` with `unclassified` if `openssl` fails.
    package func certificate(
        _ name: String,
        for names: String?,
        isExpired: Bool = false
    ) throws(Failure) -> TestServer.TLS {
        let dates = isExpired ? TestCertificates.past : ["-days", "30"]
        TestCertificates.making.lock()
        defer { TestCertificates.making.unlock() }
        return try TestCertificates.leaf(name, names, dates: dates, in: directory)
    }

    private static let past = ["-startdate", "20200101000000Z", "-enddate", "20210101000000Z"]

    private init(in directory: String) throws(Failure) {
        self.directory = directory
        authority = directory + "/ca.pem"
        try TestCertificates.write(TestCertificates.configuration(directory), directory + "/ca.cnf")
        try TestCertificates.write("", directory + "/index")
        try TestCertificates.openssl(
            "req",
            "-x509",
            "-days",
            "30",
            "-subj",
            "/CN=adm test CA",
            "-addext",
            "keyUsage=critical,keyCertSign,cRLSign",
            "-config",
            directory + "/ca.cnf",
            "-extensions",
            "authority",
            "-keyout",
            directory + "/ca.key",
            "-out",
            authority,
            in: directory
        )
        let local = "DNS:localhost,IP:127.0.0.1,IP:::1"
        good = try TestCertificates.leaf("good", local, in: directory)
        wrongName = try TestCertificates.leaf("wrong-name", "DNS:wrong.example", in: directory)
        expired = try TestCertificates.leaf(
            "expired",
            local,
            dates: TestCertificates.past,
            in: directory
        )
    }

    private static func leaf(
        _ name: String,
        _ names: String?,
        dates: [String] = ["-days", "30"],
        in directory: String
    ) throws(Failure) -> TestServer.TLS {
        let base = "\(directory)/\(name)"
        let alternatives = names.map { "subjectAltName=\($0)\n" } ?? ""
        try write(
            alternatives + "extendedKeyUsage=serverAuth\nbasicConstraints=CA:FALSE\n",
            base + ".ext"
        )
        try openssl(
            "req",
            "-subj",
            "/CN=\(name)",
            "-config",
            directory + "/ca.cnf",
            "-keyout",
            base + ".key",
            "-out",
            base + ".csr",
            in: directory
        )
        try openssl(
            ["ca", "-batch", "-notext", "-config", directory + "/ca.cnf"]
                + ["-extfile", base + ".ext", "-in", base + ".csr", "-out", base + ".pem"] + dates,
            in: directory
        )
        return TestServer.TLS(certificateFile: base + ".pem", keyFile: base + ".key")
    }

    /// The smallest configuration that `openssl req` and `openssl ca` work with.
    private static func configuration(_ directory: String) -> String {
        """
        [req]
        distinguished_name = name
        default_md = sha256
        encrypt_key = no
        prompt = no
        [name]
        CN = unused
        [authority]
        basicConstraints = critical,CA:TRUE
        subjectKeyIdentifier = hash
        [ca]
        default_ca = authority_files
        [authority_files]
        database = \(directory)/index
        new_certs_dir = \(directory)
        certificate = \(directory)/ca.pem
        private_key = \(directory)/ca.key
        default_md = sha256
        unique_subject = no
        rand_serial = yes
        policy = any_name
        [any_name]
        commonName = supplied

        """
    }

    private static func write(_ text: String, _ path: String) throws(Failure) {
        guard FileManager.default.createFile(atPath: path, contents: Data(text.utf8)) else {
            throw Failure(.storage, "cannot write \(path)")
        }
    }

    private static func openssl(_ arguments: String..., in directory: String) throws(Failure) {
        let key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"]
        try openssl(arguments + key, in: directory)
    }

    private static func openssl(_ arguments: [String], in directory: String) throws(Failure) {
        let log = directory + "/openssl.log"
        try write("", log)
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["openssl"] + arguments
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle(forWritingAtPath: log)
        do {
            try ChildProcess.start(process)
        } catch {
            throw Failure(.unclassified, "cannot run openssl", cause: error.localizedDescription)
        }
        process.waitUntilExit()
        guard process.terminationStatus != 0 else { return }
        throw Failure(
            .unclassified,
            "openssl \(arguments.joined(separator: " ")) failed",
            hint: "install openssl",
            cause: try? String(contentsOfFile: log, encoding: .utf8)
        )
    }
}
