import ADMEngine
import ADMModel
import ArgumentParser

/// Settings that a download may have of its own; each is also a key of the profile.
///
/// They are text here: one table of settings judges them, wherever they come from.
struct TuningOptions: ParsableArguments {
    @Option(
        name: .long,
        help: ArgumentHelp("The most connections for one file, 1 to 64.", valueName: "number")
    )
    var maxConnections: String?

    @Option(
        name: .long,
        help: ArgumentHelp("The smallest piece worth a connection.", valueName: "size")
    )
    var minSegmentSize: String?

    @Option(
        name: .long,
        help: ArgumentHelp("Tries after a failure without progress.", valueName: "number")
    )
    var retries: String?

    @Option(
        name: .long,
        help: ArgumentHelp("The longest wait before the first retry.", valueName: "duration")
    )
    var retryWait: String?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "The longest wait that a server may ask for (Retry-After).",
            valueName: "duration"
        )
    )
    var maxRetryAfter: String?

    @Option(
        name: .long,
        help: ArgumentHelp("How long connecting may take.", valueName: "duration")
    )
    var connectTimeout: String?

    @Option(
        name: .long,
        help: ArgumentHelp("How long a connection may be silent.", valueName: "duration")
    )
    var idleTimeout: String?

    @Option(
        name: .long,
        help: ArgumentHelp("How long a server may take to answer.", valueName: "duration")
    )
    var firstByteTimeout: String?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "How long a file may take in all; 0 for any time.",
            valueName: "duration"
        )
    )
    var totalTimeout: String?

    @Option(
        name: .long,
        help: ArgumentHelp("Connect from this address of the machine.", valueName: "address")
    )
    var bindAddress: String?

    @Option(
        name: .long,
        help: ArgumentHelp("The most bytes a second for one file: 500k, 2MiB.", valueName: "rate")
    )
    var limitRate: String?

    @Option(
        name: .long,
        help: ArgumentHelp("http://HOST:PORT or socks5://HOST:PORT.", valueName: "url")
    )
    var proxy: String?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Reach this host or domain without the proxy. May be repeated.",
            valueName: "host"
        )
    )
    var noProxy: [String] = []

    @Option(
        name: .long,
        help: ArgumentHelp("Trust the certificates in this PEM file too.", valueName: "path"),
        completion: .file()
    )
    var caFile: String?

    @Option(
        name: .long,
        help: ArgumentHelp("The User-Agent to send.", valueName: "text")
    )
    var userAgent: String?

    @Option(
        name: .long,
        help: ArgumentHelp("The longest chain of redirects.", valueName: "number")
    )
    var maxRedirects: String?

    /// What was given, as the settings of a job, with which they are kept.
    ///
    /// - Throws: ``Failure`` with `usage` that names the option.
    var settings: JobSettings {
        get throws(Failure) { try JobSettings(options: flags) }
    }

    /// Whether nothing was given that is kept with a job.
    var isEmpty: Bool { asWritten.isEmpty && noProxy.isEmpty }

    /// What was given, as the settings of this run.
    var flags: [String: [String]] {
        get throws(Failure) {
            var given = asWritten.mapValues { [$0] }
            if let caFile { given["ca-file"] = [try DownloadOptions.absolute(caFile)] }
            if !noProxy.isEmpty { given["no-proxy"] = noProxy }
            return given
        }
    }

    private var asWritten: [String: String] {
        let given: [String: String?] = [
            "max-connections": maxConnections, "min-segment-size": minSegmentSize,
            "retries": retries, "retry-wait": retryWait, "max-retry-after": maxRetryAfter,
            "connect-timeout": connectTimeout,
            "idle-timeout": idleTimeout, "first-byte-timeout": firstByteTimeout,
            "total-timeout": totalTimeout, "bind-address": bindAddress, "limit-rate": limitRate,
            "proxy": proxy, "ca-file": caFile, "user-agent": userAgent,
            "max-redirects": maxRedirects,
        ]
        return given.compactMapValues(\.self)
    }
}
