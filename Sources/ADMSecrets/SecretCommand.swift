import ADMModel
import ADMSystem
import Foundation
import Subprocess

/// A command of the person that prints a secret, such as `pass show adm/{host}`.
///
/// It is started without a shell. Its first line of standard output is the secret.
struct SecretCommand: SecretStore {
    private let configuration: SecretStores.Configuration

    init(_ configuration: SecretStores.Configuration) { self.configuration = configuration }

    /// A password manager may ask for its own password if a person can answer.
    private var limit: Duration { .seconds(configuration.isInteractive ? 60 : 10) }

    func read(_ credential: Credential) async throws(Failure) -> Secret? {
        guard let name = configuration.command.first else {
            throw Failure(
                .configuration,
                "no command is set that prints credentials",
                hint: "adm profile set credential-command 'pass show adm/{host}'"
            )
        }
        let arguments = configuration.command.dropFirst().map { fill($0, credential) }
        let (output, status) = try await run(name, Array(arguments))
        guard status.isSuccess else {
            throw failure(name, "it ended with \(status)")
        }
        guard output.count <= Secret.maximumCount else {
            throw failure(name, "it printed more than \(Secret.maximumCount) bytes")
        }
        let line = output.prefix { $0 != 0x0A }
        guard !line.isEmpty else { throw failure(name, "it printed nothing") }
        OwnProcess.concealMemory()
        return Secret(line.last == 0x0D ? line.dropLast() : line)
    }

    private func run(
        _ name: String,
        _ arguments: [String]
    ) async throws(Failure) -> ([UInt8], TerminationStatus) {
        var options = PlatformOptions()
        // Asking on the terminal needs the group of the terminal; otherwise all of it can be ended.
        if !configuration.isInteractive {
            options.processGroupID = 0
            options.teardownSequence = [
                .gracefulShutDown(toProcessGroup: true, allowedDurationToNextStep: .seconds(1))
            ]
        }
        // Neither adm's own variables nor the password of a proxy.
        let environment = configuration.environment.filter {
            !$0.key.hasPrefix("ADM_")
                && !($0.key.lowercased().hasSuffix("_proxy") && $0.value.contains("@"))
        }
        let limit = limit
        do {
            return try await withThrowingTaskGroup(of: ([UInt8], TerminationStatus)?.self) {
                [options] group in
                group.addTask {
                    let result = try await Subprocess.run(
                        name.contains("/") ? .path(.of(name)) : .name(name),
                        arguments: Arguments(arguments),
                        environment: .custom(
                            Dictionary(
                                uniqueKeysWithValues: environment.compactMap { name, value in
                                    Environment.Key(rawValue: name).map { ($0, value) }
                                }
                            )
                        ),
                        platformOptions: options,
                        output: .bytes(limit: Secret.maximumCount + 1)
                    )
                    return (result.standardOutput, result.terminationStatus)
                }
                group.addTask {
                    try await Task.sleep(for: limit)
                    return nil
                }
                defer { group.cancelAll() }
                guard let first = try await group.next(), let ended = first else {
                    throw failure(name, "it did not end within \(limit.components.seconds) seconds")
                }
                return ended
            }
        } catch let failure as Failure {
            throw failure
        } catch {
            throw failure(name, "it cannot be run: \(error)")
        }
    }

    private func fill(_ argument: String, _ credential: Credential) -> String {
        let values = [
            "{host}": credential.origin.host, "{port}": String(credential.origin.port),
            "{scheme}": credential.origin.scheme, "{user}": credential.user ?? "",
            "{id}": credential.identifier, "{workspace}": configuration.name,
        ]
        var result = ""
        var rest = argument[...]
        while let brace = rest.firstIndex(of: "{") {
            result += rest[..<brace]
            rest = rest[brace...]
            if let (name, value) = values.first(where: { rest.hasPrefix($0.key) }) {
                result += value
                rest = rest.dropFirst(name.count)
            } else {
                result += "{"
                rest = rest.dropFirst()
            }
        }
        return result + rest
    }

    private func failure(_ name: String, _ cause: String) -> Failure {
        Failure(
            .credentialStore,
            "the command \(name) gave no credential",
            hint: "try it by hand; credential-command in the profile names it",
            cause: cause
        )
    }
}
