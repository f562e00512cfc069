import Glibc

/// The home directory of the user that adm runs as.
public enum UserHome {
    /// What `HOME` says; if it is unset or empty, what the user database says; nil if neither does.
    public static func path(_ environment: [String: String]) -> String? {
        if let home = environment["HOME"], !home.isEmpty { return home }
        return recorded()
    }

    /// What the user database says of the user (getpwuid_r(3)); nil if it does not know the user.
    public static func recorded() -> String? {
        var size = 1024
        while size <= 1_048_576 {
            let (home, code) = unsafe withUnsafeTemporaryAllocation(
                of: CChar.self,
                capacity: size
            ) { (buffer) -> (String?, Int32) in
                guard let base = buffer.baseAddress else { return (nil, ENOMEM) }
                var entry = unsafe passwd()
                var found: UnsafeMutablePointer<passwd>?
                let code = unsafe getpwuid_r(
                    geteuid(),
                    &entry,
                    base,
                    buffer.count,
                    &found
                )
                guard code == 0, unsafe found != nil, let home = unsafe entry.pw_dir else {
                    return (nil, code)
                }
                // The text lies in the buffer.
                return (unsafe String(cString: home), code)
            }
            guard code == ERANGE else { return home.flatMap { $0.isEmpty ? nil : $0 } }
            size *= 4
        }
        return nil
    }
}
