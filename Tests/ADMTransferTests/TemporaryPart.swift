import ADMDisk
import ADMModel
import ADMTestSupport
import Testing

/// Runs a test with an empty part file in a directory of its own.
func withPart(_ body: (PartFile) throws -> Void) throws {
    try inTemporaryDirectory { directory in
        try body(
            try #require(try PartFile.open(directory: directory, job: JobID(), create: true))
        )
    }
}
