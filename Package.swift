// swift-tools-version: 6.2

import PackageDescription

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
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-http2", from: "1.46.0"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
        .package(url: "https://github.com/apple/swift-system", from: "1.8.0"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/LebJe/TOMLKit", from: "0.6.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.2"),
    ],
    targets: [
        .target(name: "CADMSystem"),
        .systemLibrary(
            name: "CExpat",
            pkgConfig: "expat",
            providers: [.apt(["libexpat1-dev"])]
        ),
        .target(name: "CLibSecret"),
        .target(name: "ADMModel", swiftSettings: strict),
        .target(
            name: "ADMSystem",
            dependencies: ["ADMModel", "CADMSystem", systemPackage],
            swiftSettings: strict
        ),
        .target(
            name: "ADMDisk",
            dependencies: ["ADMModel", "ADMSystem", crypto],
            swiftSettings: strict
        ),
        .target(
            name: "ADMCatalog",
            dependencies: ["ADMModel", "ADMSystem", grdb],
            swiftSettings: strict
        ),
        .target(
            name: "ADMProfiles",
            dependencies: ["ADMModel", tomlKit],
            resources: [.embedInCode("Templates")],
            swiftSettings: strict
        ),
        .target(
            name: "ADMMetalink",
            dependencies: ["ADMModel", "CExpat"],
            swiftSettings: strict
        ),
        .target(
            name: "ADMSecrets",
            dependencies: [
                "ADMModel", "ADMSystem", "CLibSecret", crypto, cryptoExtras, subprocess,
            ],
            swiftSettings: strict
        ),
        .target(
            name: "ADMTransfer",
            dependencies: [
                "ADMModel", "ADMSystem", "ADMDisk", nioConcurrency, nioCore, nioHPACK, nioHTTP1,
                nioHTTP2, nioPosix, nioSSL, nioTLS,
            ],
            swiftSettings: strict
        ),
        .target(
            name: "ADMScheduling",
            dependencies: ["ADMModel", "ADMSystem", "ADMDisk", "ADMCatalog", "ADMTransfer"],
            swiftSettings: strict
        ),
        .target(
            name: "ADMEngine",
            dependencies: [
                "ADMModel", "ADMSystem", "ADMDisk", "ADMCatalog", "ADMMetalink", "ADMProfiles",
                "ADMScheduling", "ADMSecrets", unixSignals,
            ],
            swiftSettings: strict
        ),
        .target(
            name: "ADMTestServer",
            dependencies: ["ADMModel", nioCore, nioConcurrency, nioHTTP1, nioPosix, nioSSL],
            swiftSettings: strict
        ),
        .target(
            name: "ADMCommands",
            dependencies: [
                "ADMModel", "ADMSystem", "ADMEngine", "ADMTestServer", argumentParser,
            ],
            swiftSettings: strict
        ),
        .executableTarget(
            name: "adm",
            dependencies: ["ADMCommands"],
            swiftSettings: strict,
            // The toolchain's own linker, which places the program in fewer pages than the usual one.
            linkerSettings: [.unsafeFlags(["-use-ld=lld"], .when(configuration: .release))]
        ),

        .target(
            name: "ADMTestSupport",
            dependencies: ["ADMModel", "ADMTestServer"],
            path: "Tests/ADMTestSupport",
            swiftSettings: strict
        ),
        .target(
            name: "FuzzTargets",
            dependencies: [
                "ADMModel", "ADMDisk", "ADMMetalink", "ADMProfiles", "ADMSecrets", "ADMTransfer",
                "ADMCommands", argumentParser, nioCore, nioHTTP1,
            ],
            path: "Tests/FuzzTargets",
            swiftSettings: strict
        ),
        .testTarget(name: "FuzzTests", dependencies: ["FuzzTargets"], swiftSettings: strict),
        .testTarget(name: "ADMModelTests", dependencies: ["ADMModel"], swiftSettings: strict),
        .testTarget(
            name: "ADMSystemTests",
            dependencies: ["ADMModel", "ADMSystem", "ADMTestSupport"],
            swiftSettings: strict
        ),
        .testTarget(
            name: "ADMDiskTests",
            dependencies: ["ADMModel", "ADMSystem", "ADMDisk"],
            swiftSettings: strict
        ),
        .testTarget(
            name: "ADMCatalogTests",
            dependencies: ["ADMModel", "ADMSystem", "ADMCatalog", grdb],
            swiftSettings: strict
        ),
        .testTarget(
            name: "ADMProfilesTests",
            dependencies: ["ADMModel", "ADMProfiles"],
            swiftSettings: strict
        ),
        .testTarget(
            name: "ADMMetalinkTests",
            dependencies: ["ADMModel", "ADMMetalink"],
            swiftSettings: strict
        ),
        .testTarget(
            name: "ADMTransferTests",
            dependencies: [
                "ADMDisk", "ADMModel", "ADMTestSupport", "ADMTransfer", nioCore, nioHTTP1,
            ],
            swiftSettings: strict
        ),
        .testTarget(
            name: "ADMSecretsTests",
            dependencies: ["ADMModel", "ADMSecrets"],
            swiftSettings: strict
        ),
        .testTarget(
            name: "ADMSchedulingTests",
            dependencies: ["ADMModel", "ADMSystem", "ADMCatalog", "ADMScheduling"],
            swiftSettings: strict
        ),
        .testTarget(
            name: "ADMTestServerTests",
            dependencies: ["ADMModel", "ADMTestServer", "ADMTestSupport"],
            swiftSettings: strict
        ),
        .testTarget(
            name: "ADMEngineTests",
            dependencies: [
                "ADMModel", "ADMSystem", "ADMCatalog", "ADMEngine", "ADMTestServer",
                "ADMTestSupport",
            ],
            swiftSettings: strict
        ),
        .testTarget(
            name: "ADMCommandsTests",
            dependencies: ["ADMModel", "ADMEngine", "ADMCommands", argumentParser],
            swiftSettings: strict
        ),
        .testTarget(
            name: "EndToEndTests",
            dependencies: ["adm", "ADMModel", "ADMTestServer", "ADMTestSupport"],
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
