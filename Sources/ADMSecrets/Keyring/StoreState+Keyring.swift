import ADMModel
import CLibSecret
import Glibc

extension StoreState {
    /// What a call of the C shim answered.
    static func of(
        _ call: (UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) -> Int32
    ) -> StoreState {
        var reason: UnsafeMutablePointer<CChar>?
        let status = unsafe call(&reason)
        let text = unsafe reason.map { unsafe String(cString: $0) }
        unsafe adm_keyring_free(reason, 0)
        return switch UInt32(status) {
        case ADM_KEYRING_OK.rawValue: .ready
        case ADM_KEYRING_NOT_FOUND.rawValue: .notFound
        case ADM_KEYRING_LOCKED.rawValue: .locked
        case ADM_KEYRING_DISMISSED.rawValue: .refused
        case ADM_KEYRING_TIMEOUT.rawValue: .timeout
        case ADM_KEYRING_NO_COLLECTION.rawValue: .empty
        default: .unavailable(text ?? "the service failed")
        }
    }
}

/// The session bus, as far as the environment tells.
enum KeyringBus {
    /// Whether there is one; none is ever started, which would leave a daemon behind each time.
    static func exists(_ environment: [String: String]) -> Bool {
        if let address = environment["DBUS_SESSION_BUS_ADDRESS"], !address.isEmpty { return true }
        guard let directory = environment["XDG_RUNTIME_DIR"], directory.hasPrefix("/") else {
            return false
        }
        // GLib takes no other one, and would start a bus instead.
        var status = stat()
        return unsafe stat("\(directory)/bus", &status) == 0
            && status.st_mode & S_IFMT == S_IFSOCK && status.st_uid == geteuid()
    }

    /// Whether the desktop can show a prompt.
    static func hasDisplay(_ environment: [String: String]) -> Bool {
        ["WAYLAND_DISPLAY", "DISPLAY"].contains { !environment[$0, default: ""].isEmpty }
    }
}

extension StoreState {
    /// Says why the keyring cannot be used, and which command helps.
    func failure(hasDisplay: Bool) -> Failure {
        let open =
            hasDisplay
            ? "adm auth unlock asks for its password"
            : "without a desktop:"
                + " read -rs p; printf %s \"$p\" | gnome-keyring-daemon --replace --unlock"
        let elsewhere = "or keep the secret in another store: adm auth login --store file"
        let (message, hint): (String, String) =
            switch self {
            case .locked: ("the keyring is locked", open)
            case .empty: ("there is no keyring yet", open)
            case .refused: ("the keyring was not unlocked: the prompt was closed", open)
            case .timeout:
                (
                    "the keyring did not answer in time",
                    "see whether its service works: secret-tool search application adm; \(elsewhere)"
                )
            case .libraryMissing:
                (
                    "the keyring cannot be used without libsecret",
                    "apt-get install libsecret-1-0; \(elsewhere)"
                )
            case .unavailable:
                (
                    "the keyring cannot be reached",
                    "it needs a session bus and a Secret Service such as gnome-keyring; \(elsewhere)"
                )
            case .notFound, .ready:
                ("the keyring does not have the secret", "adm auth login stores it again")
            }
        var cause: String?
        if case .unavailable(let reason) = self { cause = reason }
        return Failure(.credentialStore, message, hint: hint, cause: cause)
    }
}
