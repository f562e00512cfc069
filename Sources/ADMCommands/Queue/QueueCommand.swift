import ArgumentParser

/// `adm queue`: the verbs about jobs that wait or run, in whichever process.
struct QueueCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "queue",
        abstract: "List, pause, resume, cancel, retry, change and await jobs.",
        usage: "adm queue COMMAND …",
        discussion: """
            Jobs are named by number, or chosen with --all, --tag and --state. Jobs in \
            other processes react within two seconds.

            EXAMPLES:
              adm queue list
              adm queue pause --tag night
              adm queue cancel 3 4
              adm queue wait --all --timeout 10m
            """,
        subcommands: [
            ListQueue.self, PauseJobs.self, ResumeJobs.self, CancelJobs.self, RetryJobs.self,
            SetJob.self, MoveJob.self, ClearQueue.self, WaitForJobs.self,
        ]
    )
}
