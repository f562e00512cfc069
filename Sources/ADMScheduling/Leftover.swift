package import ADMModel
import ADMTransfer

/// What a job that does not run left on disk.
package enum Leftover {
    /// Removes the part file of a job; nothing where there is none.
    ///
    /// - Throws: ``Failure`` with `storage`, or `locked` where a process writes to it.
    package static func discard(_ job: Job) async throws {
        try await discard(job.id, in: job.directory)
    }

    /// Removes the part file that a job has in a directory; nothing where there is none.
    ///
    /// - Throws: ``Failure`` with `storage`, or `locked` where a process writes to it.
    package static func discard(_ job: JobID, in directory: String) async throws {
        try await Destination(directory: directory, job: job).discardLeftover()
    }
}

/// A file name that a person or a document gave.
package enum FileName {
    /// Checks it.
    ///
    /// - Throws: ``Failure`` with `usage` for a name with a separator, `.`, `..`, NUL, or more than
    ///   255 bytes.
    package static func check(_ name: String) throws(Failure) {
        try Destination.check(name)
    }

    /// A name with a counter before its extension.
    package static func numbered(_ name: String, _ counter: Int) -> String {
        Destination.numbered(name, counter)
    }

    /// A name that somebody else gave, made safe; nil where nothing usable is left of it.
    package static func safe(_ name: String) -> String? { Destination.safeName(name) }
}
