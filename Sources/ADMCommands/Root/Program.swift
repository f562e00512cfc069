import ADMEngine
import ADMModel
import ADMSystem
import ArgumentParser
import Foundation
import Glibc

/// One run of the command line, from the arguments to the exit status.
package enum Program {
    /// Runs the command that the process's arguments name, and ends the process.
    ///
    /// Standard output and standard error that nobody reads are no failure. Every other failure is
    /// reported on standard error and in the exit status.
    package static func run() async -> Never {
        CallerSignals.note()
        openStandardDescriptors()
        // Writing to a closed pipe or past a file size limit is answered where it happens.
        for number in [SIGPIPE, SIGXFSZ] { _ = signal(number, SIG_IGN) }
        DescriptorBudget.raise()
        shareHeaps()
        let given = Result { () throws(Failure) in try ProgramArguments.read() }
        let masked = OwnProcess.maskArguments(optionsWithValue: CommandSpelling.lettersWithValue)
        if masked > 0 || SecretVariables.arePresent(in: ProcessEnvironment.variables) {
            OwnProcess.concealMemory()
        }
        WaitReports.send { ProgressWriter.interject(FailureReport.lines($0)) }
        switch given {
        case .success(let arguments): exit(await run(arguments))
        case .failure(let failure):
            exit(FailureReport(arguments: CommandLine.arguments).print(failure))
        }
    }

    /// One heap for each core, instead of up to eight: each heap keeps memory that the others could use, and
    /// threads that share one wait for each other (5,000 small files on two cores took a tenth more processor time
    /// with one heap; eight heaps saved 2 % more than two and took 3 MiB; see decision 12).
    private static func shareHeaps() {
        OwnProcess.limitHeaps(max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))))
    }

    private static func run(_ given: [String]) async -> Int32 {
        let report = FailureReport(arguments: given)
        do {
            let arguments = try CommandSpelling.spelled(given, of: ADM.self)
            let named = try CommandSpelling.checkVerbs(arguments, of: ADM.self)
            var command = try await parse(arguments, named)
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                try command.run()
            }
            return 0
        } catch let failure as Failure {
            return report.print(failure)
        } catch let code as ExitCode {
            return code.rawValue
        } catch is CancellationError {
            return report.print(Failure(.interrupted, "interrupted"))
        } catch {
            return report.print(parsing: error)
        }
    }

    /// Parses the arguments for the command that they name alone, because looking through all
    /// commands takes milliseconds; if that fails, the parser says what is wrong in full.
    private static func parse(
        _ arguments: [String],
        _ named: (command: any ParsableCommand.Type, arguments: [String])?
    ) async throws -> any ParsableCommand {
        if let named, !named.arguments.contains(where: isQuestion),
            let command = try? named.command.parseAsRoot(named.arguments)
        {
            return command
        }
        return try await ADM.asyncParseAsRoot(arguments)
    }

    /// Whether an argument asks for something about the commands.
    private static func isQuestion(_ argument: String) -> Bool {
        ["-h", "--help", "-help", "--help-hidden", "--version"].contains(argument)
            || argument.hasPrefix("--generate-completion-script")
            || argument.hasPrefix("--experimental") || argument.hasPrefix("---")
    }

    /// Gives the standard descriptors that the caller closed to `/dev/null`.
    ///
    /// Otherwise the next file that is opened, a database for example, would get one of their
    /// numbers, and messages would be written into it.
    private static func openStandardDescriptors() {
        for descriptor: Int32 in 0...2 where fcntl(descriptor, F_GETFD) < 0 {
            // Without /dev, a directory takes the number too, and refuses every byte.
            if unsafe open("/dev/null", O_RDWR) < 0 { _ = unsafe open("/", O_RDONLY) }
        }
    }
}
