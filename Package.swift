// swift-tools-version: 6.2

import Foundation
import PackageDescription

/// Finds the headers of a library that is loaded while the program runs.
///
/// A system library of SwiftPM would be linked, and then the program could not start without it.
func headers(of library: String, from package: String) -> [CSetting] {
    let search = Process()
    search.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    search.arguments = ["pkg-config", "--cflags-only-I", library]
    let output = Pipe()
    search.standardOutput = output
    let hasBegun: Void? = try? search.run()
    let found = hasBegun == nil ? Data() : output.fileHandleForReading.readDataToEndOfFile()
    if hasBegun != nil { search.waitUntilExit() }
    guard hasBegun != nil, search.terminationStatus == 0 else {
        // What fails is not remembered, so that the next build looks again.
        fatalError("pkg-config does not know \(library): install \(package)")
    }
    let folders = String(decoding: found, as: UTF8.self).split(whereSeparator: \.isWhitespace)
    // A call that does not fit the declaration in the header is an error.
    let mismatches = ["-Werror=incompatible-pointer-types", "-Werror=int-conversion"]
    return [.unsafeFlags(folders.map(String.init) + mismatches)]
}

let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .strictMemorySafety(),
    .treatAllWarnings(as: .error),
]

let argumentParser = Target.Dependency.product(
    name: "ArgumentParser",
    package: "swift-argument-parser"
)
let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let cryptoExtras = Target.Dependency.product(name: "CryptoExtras", package: "swift-crypto")
let grdb = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")
let hummingbird = Target.Dependency.product(name: "Hummingbird", package: "hummingbird")
let hummingbirdCore = Target.Dependency.product(name: "HummingbirdCore", package: "hummingbird")
let httpTypes = Target.Dependency.product(name: "HTTPTypes", package: "swift-http-types")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let nioCore = Target.Dependency.product(name: "NIOCore", package: "swift-nio")
let nioConcurrency = Target.Dependency.product(name: "NIOConcurrencyHelpers", package: "swift-nio")
let nioHPACK = Target.Dependency.product(name: "NIOHPACK", package: "swift-nio-http2")
let nioHTTP1 = Target.Dependency.product(name: "NIOHTTP1", package: "swift-nio")
let nioHTTP2 = Target.Dependency.product(name: "NIOHTTP2", package: "swift-nio-http2")
let nioPosix = Target.Dependency.product(name: "NIOPosix", package: "swift-nio")
let nioSSL = Target.Dependency.product(name: "NIOSSL", package: "swift-nio-ssl")
let nioTLS = Target.Dependency.product(name: "NIOTLS", package: "swift-nio")
let subprocess = Target.Dependency.product(name: "Subprocess", package: "swift-subprocess")
let systemPackage = Target.Dependency.product(name: "SystemPackage", package: "swift-system")
let tomlKit = Target.Dependency.product(name: "TOMLKit", package: "TOMLKit")
let unixSignals = Target.Dependency.product(
    name: "UnixSignals",
    package: "swift-service-lifecycle"
)

let package = Package(
    name: "adm",
    products: [
        .executable(name: "adm", targets: ["adm"]),
        .library(name: "ADMEngine", targets: ["ADMEngine", "ADMModel"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-http-types.git", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log.git", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-http2", from: "1.46.0"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
        .package(url: "https://github.com/apple/swift-system", from: "1.8.0"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(
            url: "https://github.com/hummingbird-project/hummingbird",
            from: "2.28.1",
            traits: []
        ),
        .package(url: "https://github.com/LebJe/TOMLKit", from: "0.6.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.2"),
    ],
    targets: [
        // The few system calls that Swift cannot import.
        .target(name: "CADMSystem"),
        // libexpat, which reads XML.
        .systemLibrary(
            name: "CExpat",
            pkgConfig: "expat",
            providers: [.apt(["libexpat1-dev"])]
        ),
        // libsecret, loaded when it is first needed.
        .target(
            name: "CLibSecret",
            cSettings: headers(of: "libsecret-1", from: "libsecret-1-dev")
        ),
        // The words that everyone uses; values only.
        .target(name: "ADMModel", dependencies: [logging], swiftSettings: strict),
        // Every JSON document that leaves or enters adm, declared once.
        .target(name: "ADMDocuments", dependencies: ["ADMModel"], swiftSettings: strict),
        // What the kernel does: file descriptors, error numbers, locks, liveness.
        .target(
            name: "ADMSystem",
            dependencies: ["ADMModel", "CADMSystem", systemPackage],
            swiftSettings: strict
        ),
        // Bytes and names on disk, safely.
        .target(
            name: "ADMDisk",
            dependencies: ["ADMModel", "ADMSystem", crypto],
            swiftSettings: strict
        ),
        // The database of a workspace, and the ledger of the budget.
        .target(
            name: "ADMCatalog",
            dependencies: ["ADMModel", "ADMSystem", grdb],
            swiftSettings: strict
        ),
        // Settings: find, read, merge, explain, edit.
        .target(
            name: "ADMProfiles",
            dependencies: ["ADMModel", "ADMSystem", tomlKit],
            resources: [.embedInCode("Templates")],
            swiftSettings: strict
        ),
        // The format that names files, their servers and their digests.
        .target(
            name: "ADMMetalink",
            dependencies: ["ADMModel", "CExpat"],
            swiftSettings: strict
        ),
        // Credentials: the keyring, and the stores that may be chosen instead.
        .target(
            name: "ADMSecrets",
            dependencies: [
                "ADMModel", "ADMSystem", "CLibSecret", crypto, cryptoExtras, subprocess, logging,
            ],
            swiftSettings: strict
        ),
        // One download from the first request to the last byte.
        .target(
            name: "ADMTransfer",
            dependencies: [
                "ADMModel", "ADMSystem", "ADMDisk", nioConcurrency, nioCore, nioHPACK, nioHTTP1,
                nioHTTP2, nioPosix, nioSSL, nioTLS, logging,
            ],
            swiftSettings: strict
        ),
        // Which job runs next, in which workspace, under the budget.
        .target(
            name: "ADMScheduling",
            dependencies: [
                "ADMModel", "ADMSystem", "ADMDisk", "ADMCatalog", "ADMTransfer", logging,
            ],
            swiftSettings: strict
        ),
        // The public library: workspaces and every verb, once.
        .target(
            name: "ADMEngine",
            dependencies: [
                "ADMModel", "ADMSystem", "ADMDisk", "ADMCatalog", "ADMMetalink", "ADMProfiles",
                "ADMScheduling", "ADMSecrets", unixSignals, logging,
            ],
            swiftSettings: strict
        ),
        // An HTTP server on loopback that serves known bytes, well or badly, as told.
        .target(
            name: "ADMTestServer",
            dependencies: ["ADMModel", nioCore, nioConcurrency, nioHTTP1, nioPosix, nioSSL],
            swiftSettings: strict
        ),
        // Every verb over HTTP: the daemon, one file for each resource.
        .target(
            name: "ADMServer",
            dependencies: [
                "ADMModel", "ADMDocuments", "ADMSystem", "ADMEngine", hummingbird,
                hummingbirdCore, httpTypes, nioCore, nioHTTP1, nioPosix, nioSSL, logging,
            ],
            swiftSettings: strict
        ),
        // Every verb in a terminal: options, one call into the engine, what is printed.
        .target(
            name: "ADMCommands",
            dependencies: [
                "ADMModel", "ADMDocuments", "ADMSystem", "ADMEngine", "ADMServer", "ADMTestServer",
                argumentParser, logging,
            ],
            swiftSettings: strict
        ),
        // The binary: hands its arguments on.
        .executableTarget(
            name: "adm",
            dependencies: ["ADMCommands"],
            swiftSettings: strict,
            // The toolchain's own linker, which places the program in fewer pages than the usual one.
            linkerSettings: [.unsafeFlags(["-use-ld=lld"], .when(configuration: .release))]
        ),

        // What several test targets share.
        .target(
            name: "ADMTestSupport",
            dependencies: ["ADMModel", "ADMTestServer"],
            path: "Tests/ADMTestSupport",
            swiftSettings: strict
        ),
        // One function for each reader of outside text, for the tests and for libFuzzer.
        .target(
            name: "FuzzTargets",
            dependencies: [
                "ADMModel", "ADMDisk", "ADMDocuments", "ADMMetalink", "ADMProfiles", "ADMSecrets",
                "ADMTransfer", "ADMEngine", "ADMCommands", argumentParser, nioCore, nioHTTP1,
            ],
            path: "Tests/FuzzTargets",
            swiftSettings: strict
        ),
        // Runs the fuzz targets over the corpora.
        .testTarget(name: "FuzzTests", dependencies: ["FuzzTargets"], swiftSettings: strict),
        // The words.
        .testTarget(
            name: "ADMModelTests",
            dependencies: ["ADMModel", "ADMTestSupport"],
            swiftSettings: strict
        ),
        // The documents keep to their schemas.
        .testTarget(
            name: "ADMDocumentsTests",
            dependencies: ["ADMModel", "ADMDocuments", "ADMTestSupport"],
            swiftSettings: strict
        ),
        // Descriptors, locks and what the kernel says, in real processes.
        .testTarget(
            name: "ADMSystemTests",
            dependencies: ["ADMModel", "ADMSystem", "ADMTestSupport"],
            swiftSettings: strict
        ),
        // Part files, names and digests, on a real file system.
        .testTarget(
            name: "ADMDiskTests",
            dependencies: ["ADMModel", "ADMSystem", "ADMDisk", "ADMTestSupport"],
            swiftSettings: strict
        ),
        // The database and the locks, with real SQLite.
        .testTarget(
            name: "ADMCatalogTests",
            dependencies: ["ADMModel", "ADMSystem", "ADMCatalog", "ADMTestSupport", grdb],
            swiftSettings: strict
        ),
        // Reading, merging and editing settings.
        .testTarget(
            name: "ADMProfilesTests",
            dependencies: ["ADMModel", "ADMProfiles", "ADMTestSupport"],
            swiftSettings: strict
        ),
        // Reading Metalink files.
        .testTarget(
            name: "ADMMetalinkTests",
            dependencies: ["ADMModel", "ADMMetalink"],
            swiftSettings: strict
        ),
        // Transfers against a real server that misbehaves, and the values that decide.
        .testTarget(
            name: "ADMTransferTests",
            dependencies: [
                "ADMDisk", "ADMModel", "ADMTestServer", "ADMTestSupport", "ADMTransfer", nioCore,
                nioHTTP1, nioPosix,
            ],
            swiftSettings: strict
        ),
        // Reading netrc, sealing, running secret commands.
        .testTarget(
            name: "ADMSecretsTests",
            dependencies: ["ADMModel", "ADMSecrets"],
            swiftSettings: strict
        ),
        // The shares of the budget, and the processes that share it.
        .testTarget(
            name: "ADMSchedulingTests",
            dependencies: [
                "ADMModel", "ADMSystem", "ADMDisk", "ADMCatalog", "ADMTransfer", "ADMScheduling",
                "ADMTestSupport",
            ],
            swiftSettings: strict
        ),
        // The test server serves what it is told to.
        .testTarget(
            name: "ADMTestServerTests",
            dependencies: ["ADMModel", "ADMTestServer", "ADMTestSupport"],
            swiftSettings: strict
        ),
        // The verbs of the library.
        .testTarget(
            name: "ADMEngineTests",
            dependencies: [
                "ADMModel", "ADMSystem", "ADMCatalog", "ADMEngine", "ADMTestServer",
                "ADMTestSupport",
            ],
            swiftSettings: strict
        ),
        // The daemon's doors, table of operations and values.
        .testTarget(
            name: "ADMServerTests",
            dependencies: ["ADMModel", "ADMServer", "ADMDocuments", "ADMEngine", "ADMTestSupport"],
            swiftSettings: strict
        ),
        // Parsing of arguments, and what is drawn and printed.
        .testTarget(
            name: "ADMCommandsTests",
            dependencies: [
                "ADMModel", "ADMDocuments", "ADMEngine", "ADMCommands", argumentParser, logging,
            ],
            swiftSettings: strict
        ),
        // The built program, as people and scripts use it.
        .testTarget(
            name: "EndToEndTests",
            dependencies: ["adm", "ADMModel", "ADMEngine", "ADMTestServer", "ADMTestSupport"],
            swiftSettings: strict
        ),
    ]
)

// `make fuzz`: only what is adm's own is watched by libFuzzer, whose main function the program has.
if Context.environment["ADM_FUZZ"] == "1" {
    let watched = [SwiftSetting.unsafeFlags(["-sanitize=fuzzer", "-enable-testing"])]
    for target in package.targets where target.swiftSettings != nil && target.type != .test {
        target.swiftSettings?.append(contentsOf: watched)
    }
    package.targets.append(
        .executableTarget(
            name: "adm-fuzz",
            dependencies: ["FuzzTargets"],
            path: "Tests/Fuzzer",
            swiftSettings: strict + watched,
            linkerSettings: [.unsafeFlags(["-sanitize=fuzzer"])]
        )
    )
}
