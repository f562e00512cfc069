public import ADMModel

/// What a text is that somebody gives as the secret of an access token.
public enum TokenAnswer: Sendable, Hashable {
    /// The secret of this token, which is good now; the name of its workspace is not looked up.
    case good(AccessToken)
    /// The secret of no token: wrong, or its token was revoked.
    case wrong
    /// The secret of a token that has ended.
    case expired
}
