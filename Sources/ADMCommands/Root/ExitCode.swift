package import ADMModel

extension Failure.Code {
    /// The exit status of a command that ends with this failure.
    ///
    /// The only place where the two are put together; `docs/errors.md` shows the same table.
    package var exitCode: Int32 {
        switch self {
        case .unclassified, .dependency, .poison: 1
        case .usage, .configuration: 2
        case .workspaceNotFound, .jobNotFound, .credentialNotFound, .remoteNotFound: 3
        case .authentication: 4
        case .remoteBusy: 5
        case .integrity, .remoteChanged: 6
        case .partial: 7
        case .exists, .locked: 8
        case .noSpace, .storage: 9
        case .refused: 10
        case .remoteProtocol, .resolve, .network, .tls, .timeout: 11
        case .timedOut: 12
        case .credentialStore: 13
        case .databaseDamaged, .databaseTooNew: 14
        case .cancelled: 15
        case .unfinished: 16
        case .interrupted: 130
        }
    }
}
