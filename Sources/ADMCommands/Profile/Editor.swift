import ADMModel
import Glibc

/// The text editor that the person prefers.
struct Editor {
    /// The command line of the editor, as a shell would run it.
    let command: String

    /// Takes `$ADM_EDITOR`, `$VISUAL` or `$EDITOR`, the first that is not empty, else `vi`.
    init(environment: [String: String]) {
        command =
            ["ADM_EDITOR", "VISUAL", "EDITOR"].lazy
            .compactMap { environment[$0] }.first { !$0.isEmpty } ?? "vi"
    }

    /// Lets the person edit a file, and waits until the editor ends.
    ///
    /// The editor shares the terminal and the process group, so that it can read from the terminal.
    ///
    /// - Throws: ``Failure`` with `configuration` if the editor cannot be started, `cancelled`
    ///   if it ends with another status than 0.
    func edit(_ path: String) throws(Failure) {
        // The shell splits `code --wait`; the file's name is an argument of its own and never code.
        let arguments = ["/bin/sh", "-c", command + " \"$@\"", command, path]
        var pointers = unsafe arguments.map { unsafe strdup($0) }
        defer { for index in unsafe pointers.indices { unsafe free(pointers[index]) } }
        unsafe pointers.append(nil)
        var attributes = posix_spawnattr_t()
        unsafe posix_spawnattr_init(&attributes)
        defer { unsafe posix_spawnattr_destroy(&attributes) }
        // What adm ignores a child would ignore too; and Ctrl-C belongs to the editor while it runs.
        let interrupt = signal(SIGINT, SIG_IGN)
        let quit = signal(SIGQUIT, SIG_IGN)
        defer {
            _ = signal(SIGINT, interrupt)
            _ = signal(SIGQUIT, quit)
        }
        var defaults = sigset_t()
        unsafe sigemptyset(&defaults)
        for number in [SIGINT, SIGQUIT, SIGPIPE, SIGXFSZ]
        where !CallerSignals.ignored.contains(number) {
            unsafe sigaddset(&defaults, number)
        }
        unsafe posix_spawnattr_setsigdefault(&attributes, &defaults)
        // The thread here may block signals, which the editor is to get.
        var none = sigset_t()
        unsafe sigemptyset(&none)
        unsafe posix_spawnattr_setsigmask(&attributes, &none)
        let flags = POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK
        unsafe posix_spawnattr_setflags(&attributes, Int16(flags))

        var child = pid_t()
        let code = unsafe posix_spawn(&child, "/bin/sh", nil, &attributes, pointers, environ)
        guard code == 0 else { throw cannotStart(unsafe String(cString: strerror(code))) }
        let status = wait(for: child)
        switch status {
        case 0: return
        case 126, 127: throw cannotStart("status \(status)")
        default:
            throw Failure(
                .cancelled,
                "the editor \(command.debugDescription) ended with status \(status),"
                    + " so nothing was changed"
            )
        }
    }

    private func wait(for child: pid_t) -> Int32 {
        var status: Int32 = 0
        while unsafe waitpid(child, &status, 0) < 0, errno == EINTR {}
        let signalNumber = status & 0x7F
        return signalNumber == 0 ? (status >> 8) & 0xFF : 128 + signalNumber
    }

    private func cannotStart(_ cause: String) -> Failure {
        Failure(
            .configuration,
            "the editor \(command.debugDescription) cannot be started",
            hint: "set ADM_EDITOR or EDITOR to the name of an editor",
            cause: cause
        )
    }
}
