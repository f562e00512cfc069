/// A verb of other tools, and what to type here in its place.
///
/// The table is a value, and a test sees that what it names exists.
struct VerbHabit: Sendable {
    /// The command that the word follows, such as `adm ws`.
    let path: String
    /// The words, in lower case.
    let words: [String]
    /// Commands that do it, with a word on each if one is not enough.
    let advice: String

    init(_ path: String, _ words: String, _ advice: String) {
        self.path = path
        self.words = words.split(separator: " ").map(String.init)
        self.advice = advice
    }

    /// What to type in place of a word; nil if the table does not have it.
    ///
    /// A plural stands for its singular, and the other way round.
    static func advice(for word: String, after path: String) -> String? {
        let word = word.lowercased()
        let forms = [word, word.hasSuffix("s") ? String(word.dropLast()) : word + "s"]
        for form in forms {
            if let habit = table.first(where: { $0.path == path && $0.words.contains(form) }) {
                return habit.advice
            }
        }
        return nil
    }

    static let table = downloads + queue + workspaces + settings + credentials

    private static let downloads = [
        VerbHabit(
            "adm",
            "fetch grab pull dl wget curl aria2 aria2c axel clone copy copyurl cp save",
            "adm download URL fetches a file, adm add URL puts it into the queue"
        ),
        VerbHabit(
            "adm",
            "jobs downloads files status ps tasks transfers",
            "adm list shows jobs, adm top shows them live"
        ),
        VerbHabit(
            "adm",
            "info describe inspect detail view cat",
            "adm show JOB shows a job in detail"
        ),
        VerbHabit(
            "adm",
            "log logs journal",
            "adm history shows finished jobs, adm events what happened to each"
        ),
        VerbHabit(
            "adm",
            "follow tail watch monitor",
            "adm top shows jobs live, adm events --follow prints what happens"
        ),
        VerbHabit(
            "adm",
            "delete del forget clean purge prune",
            "adm rm JOB forgets a job, adm queue clear all finished ones"
        ),
        VerbHabit(
            "adm",
            "continue unpause",
            "adm resume JOB fetches it now, adm queue resume JOB gives it back to the queue"
        ),
        VerbHabit(
            "adm",
            "verify check checksum",
            "adm download --hash sha256:HEX URL verifies a file"
        ),
        VerbHabit("adm", "batch import", "adm download batch FILE fetches the URLs in a file"),
        VerbHabit("adm", "metalink", "adm download --metalink FILE fetches what it describes"),
        VerbHabit(
            "adm",
            "doctor selftest demo benchmark",
            "adm test tries everything on this machine"
        ),
    ]

    private static let queue = [
        VerbHabit(
            "adm",
            "enqueue push submit schedule",
            "adm add URL puts it into the queue; --at says when it begins"
        ),
        VerbHabit("adm", "cancel kill abort", "adm queue cancel JOB stops a job for good"),
        VerbHabit(
            "adm",
            "pause stop hold suspend stash",
            "adm queue pause JOB holds a job, adm queue cancel JOB stops it for good"
        ),
        VerbHabit("adm", "wait await join", "adm queue wait JOB waits until a job has ended"),
        VerbHabit("adm", "retry restart redo", "adm queue retry JOB tries a failed job again"),
        VerbHabit(
            "adm",
            "move mv switch reorder",
            "adm queue move JOB changes the order, adm queue set JOB --priority N too"
        ),
        VerbHabit("adm", "priority edit update", "adm queue set JOB changes a job that waits"),
        VerbHabit("adm", "clear flush reset", "adm queue clear forgets finished jobs"),
        VerbHabit(
            "adm",
            "start work worker",
            "adm run runs the queue, adm resume JOB fetches one job now"
        ),
        VerbHabit(
            "adm",
            "daemon server service",
            "adm serve runs all queues and answers programs over HTTP"
        ),
        VerbHabit("adm", "queues", "adm queue list shows the queue"),
        VerbHabit(
            "adm",
            "slots limits parallel",
            "adm budget shows the slots, adm budget set --slots N changes how many there are"
        ),
        VerbHabit("adm", "statistics metrics report", "adm stats counts what was fetched"),
        VerbHabit("adm", "explain reason", "adm why JOB says why a job waits"),
        VerbHabit("adm queue", "add push enqueue", "adm add URL puts it into the queue"),
        VerbHabit("adm queue", "run start", "adm run runs the queue"),
        VerbHabit("adm queue", "status ps jobs", "adm queue list shows the queue"),
        VerbHabit(
            "adm queue",
            "rm remove delete del",
            "adm rm JOB forgets a job, adm queue cancel JOB stops it for good"
        ),
        VerbHabit(
            "adm queue",
            "stop hold",
            "adm queue pause JOB holds a job, adm queue cancel JOB stops it for good"
        ),
        VerbHabit("adm queue", "kill abort", "adm queue cancel JOB stops a job for good"),
        VerbHabit(
            "adm queue",
            "continue unpause",
            "adm queue resume JOB gives it back to the queue"
        ),
        VerbHabit("adm queue", "restart redo", "adm queue retry JOB tries a failed job again"),
        VerbHabit("adm queue", "clean flush reset purge", "adm queue clear forgets finished jobs"),
        VerbHabit("adm queue", "priority edit update", "adm queue set JOB --priority N"),
        VerbHabit("adm queue", "mv switch", "adm queue move JOB changes the order"),
        VerbHabit("adm queue", "await join", "adm queue wait JOB waits until a job has ended"),
        VerbHabit("adm queue", "show info", "adm show JOB shows a job in detail"),
        VerbHabit("adm queue", "why", "adm why JOB says why a job waits"),
        VerbHabit("adm budget", "get list status", "adm budget shows what is shared"),
        VerbHabit(
            "adm budget",
            "clear reset",
            "adm budget clear-cool-down asks a server again that wanted to be left alone"
        ),
    ]

    private static let workspaces = [
        VerbHabit("adm", "init new create", "adm ws create NAME makes a workspace"),
        VerbHabit("adm", "use context checkout", "adm ws use NAME chooses the workspace"),
        VerbHabit("adm", "workspaces profiles contexts", "adm ws list shows the workspaces"),
        VerbHabit("adm", "templates", "adm ws create NAME --template TEMPLATE uses one"),
        VerbHabit("adm", "rename", "adm ws rename renames a workspace"),
        VerbHabit("adm", "restore undelete", "adm ws restore NAME brings a removed workspace back"),
        VerbHabit("adm ws", "delete del destroy", "adm ws rm NAME removes a workspace"),
        VerbHabit("adm ws", "new add init", "adm ws create NAME makes a workspace"),
        VerbHabit(
            "adm ws",
            "switch select checkout choose",
            "adm ws use NAME chooses the workspace"
        ),
        VerbHabit("adm ws", "current status info get", "adm ws show shows the workspace"),
        VerbHabit("adm ws", "mv move", "adm ws rename renames a workspace"),
        VerbHabit("adm ws", "stop hold", "adm ws pause NAME lets its jobs wait"),
        VerbHabit("adm ws", "start continue unpause", "adm ws resume NAME resumes its jobs"),
        VerbHabit(
            "adm ws",
            "undelete undo recover",
            "adm ws restore NAME brings a removed workspace back"
        ),
        VerbHabit("adm ws", "config edit", "adm profile edit opens the settings of the workspace"),
    ]

    private static let settings = [
        VerbHabit("adm", "set configure", "adm profile set NAME VALUE changes a setting"),
        VerbHabit("adm", "unset", "adm profile unset NAME takes a setting out"),
        VerbHabit(
            "adm",
            "settings options",
            "adm config show shows every setting, adm profile set NAME VALUE changes one"
        ),
        VerbHabit(
            "adm config",
            "set",
            "adm profile set NAME VALUE changes a setting of the workspace"
        ),
        VerbHabit("adm config", "get", "adm profile get NAME prints a setting"),
        VerbHabit(
            "adm config",
            "unset rm remove delete",
            "adm profile unset NAME takes a setting out"
        ),
        VerbHabit("adm config", "list ls view dump", "adm config show shows every setting"),
        VerbHabit("adm config", "edit", "adm profile edit opens the settings of the workspace"),
        VerbHabit("adm config", "validate check lint", "adm profile validate checks the settings"),
        VerbHabit(
            "adm profile",
            "list ls",
            "adm profile show prints the profile, adm ws list shows the workspaces"
        ),
        VerbHabit(
            "adm profile",
            "rm remove delete",
            "adm profile unset NAME takes a setting out, adm ws rm NAME removes a workspace"
        ),
        VerbHabit("adm profile", "use switch", "adm ws use NAME chooses the workspace"),
        VerbHabit(
            "adm profile",
            "create new add init",
            "adm ws create NAME makes a workspace with a profile"
        ),
        VerbHabit("adm profile", "cat view", "adm profile show prints the profile"),
        VerbHabit("adm profile", "check lint", "adm profile validate checks the settings"),
    ]

    private static let credentials = [
        VerbHabit("adm", "login signin", "adm auth login HOST keeps a password or token"),
        VerbHabit("adm", "logout signout", "adm auth logout HOST forgets a password or token"),
        VerbHabit(
            "adm",
            "credentials passwords keyring secrets",
            "adm auth list shows what there are credentials for"
        ),
        VerbHabit(
            "adm",
            "tokens",
            "adm token list shows access tokens of adm, adm auth list credentials for servers"
        ),
        VerbHabit(
            "adm auth",
            "add set create new store",
            "adm auth login HOST keeps a password or token"
        ),
        VerbHabit(
            "adm auth",
            "rm remove delete del forget erase",
            "adm auth logout HOST forgets a password or token"
        ),
        VerbHabit("adm auth", "ls show", "adm auth list shows what there are credentials for"),
        VerbHabit("adm auth", "get print", "adm auth token HOST prints a secret"),
        VerbHabit(
            "adm auth",
            "check verify",
            "adm auth test URL tries a credential, adm auth status whether all can be had"
        ),
        VerbHabit("adm token", "add new make generate issue", "adm token create makes a token"),
        VerbHabit(
            "adm token",
            "rm remove delete del forget expire",
            "adm token revoke ID takes a token away"
        ),
        VerbHabit("adm token", "show status", "adm token list shows the tokens, never a secret"),
    ]
}
