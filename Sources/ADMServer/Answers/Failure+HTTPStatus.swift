package import ADMModel

extension Failure.Code {
    /// The status of an answer over HTTP that says this failure.
    ///
    /// The second and last place where codes are put together with something of a door; `docs/errors.md` shows the
    /// same table.
    package var httpStatus: Int {
        switch self {
        case .unclassified, .partial, .storage, .databaseDamaged, .databaseTooNew: 500
        case .usage: 400
        case .refused: 403
        case .workspaceNotFound, .jobNotFound, .credentialNotFound: 404
        case .exists, .locked, .cancelled, .unfinished, .dependency, .poison: 409
        case .configuration, .authentication: 422
        case .remoteNotFound, .remoteBusy, .remoteProtocol, .integrity, .remoteChanged, .resolve,
            .network, .tls:
            502
        case .credentialStore, .interrupted: 503
        case .timeout, .timedOut: 504
        case .noSpace: 507
        }
    }
}
