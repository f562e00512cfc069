import ADMDisk
import ADMModel
import ADMTestSupport
import Foundation
import Testing

/// A directory of one test's own, gone when the test is over.
struct Scratch {
    let path: String

    static func with(_ body: (Scratch) async throws -> Void) async throws {
        try await withTemporaryDirectory { path in try await body(Scratch(path: path)) }
    }

    /// The same in a file system of this size, such as `24m`; only the superuser can have that.
    static func onDisk(of size: String, _ body: (Scratch) async throws -> Void) async throws {
        try await Scratch.with { outer in
            try await MountedDisk.with(size: size, at: outer("disk")) { disk in
                try await body(Scratch(path: disk.path))
            }
        }
    }

    /// Makes the file system of ``onDisk(of:_:)`` read-only.
    func makeReadOnly() async throws {
        try await ChildProcess.text(of: ["mount", "-o", "remount,ro", path])
    }

    /// The path of something in the directory.
    func callAsFunction(_ name: String) -> String { "\(path)/\(name)" }

    func write(_ text: String, to name: String) throws {
        try Data(text.utf8).write(to: URL(fileURLWithPath: self(name)))
    }

    func text(_ name: String) -> String? {
        FileManager.default.contents(atPath: self(name)).map { String(decoding: $0, as: UTF8.self) }
    }

    func makeDirectory(_ name: String) throws {
        try FileManager.default.createDirectory(
            atPath: self(name),
            withIntermediateDirectories: true
        )
    }

    func link(_ name: String, to target: String) throws {
        try FileManager.default.createSymbolicLink(
            atPath: self(name),
            withDestinationPath: target
        )
    }

    func makePipe(_ name: String) throws {
        let answer = unsafe mkfifo(self(name), 0o600)
        try #require(answer == 0)
    }

    func move(_ name: String, to other: String) throws {
        try FileManager.default.moveItem(atPath: self(name), toPath: self(other))
    }

    func remove(_ name: String) throws { try FileManager.default.removeItem(atPath: self(name)) }

    func setPermissions(_ name: String, _ mode: Int) throws {
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: self(name))
    }

    func give(_ name: String, to user: Int) throws {
        try FileManager.default.setAttributes([.ownerAccountID: user], ofItemAtPath: self(name))
    }

    /// The names in the directory, sorted, those that begin with a dot included.
    func names(in directory: String? = nil) throws -> [String] {
        let place = directory.map { self($0) } ?? path
        return try FileManager.default.contentsOfDirectory(atPath: place).sorted()
    }

    func permissions(_ name: String) throws -> Int {
        let attributes = try FileManager.default.attributesOfItem(atPath: self(name))
        return try #require(attributes[.posixPermissions] as? Int)
    }

    /// A partial file with this text in it.
    func part(_ text: String = "whole", job: JobID = JobID()) throws -> PartFile {
        let part = try #require(try PartFile.open(directory: path, job: job, create: true))
        try part.write(Array(text.utf8), at: 0)
        return part
    }
}

/// The failure that a call throws; a test fails if it throws none.
func failure(
    _ call: () throws -> Void,
    sourceLocation: SourceLocation = #_sourceLocation
) throws -> Failure {
    let thrown = #expect(throws: Failure.self, sourceLocation: sourceLocation, performing: call)
    return try #require(thrown, sourceLocation: sourceLocation)
}

extension PartFile {
    func write(_ bytes: [UInt8], at offset: Int64) throws(Failure) {
        try unsafe write(bytes.span.bytes, at: offset)
    }
}

extension StreamingDigest {
    mutating func update(_ bytes: [UInt8]) { unsafe update(bytes.span.bytes) }
}
