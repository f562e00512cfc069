// swift-tools-version: 6.2

import PackageDescription

// A package of yours names adm by its URL: .package(url: "https://…/adm", branch: "main"). Here it is the
// repository that this folder lies in, as scripts/check-example.sh says.
let adm = Context.environment["ADM_REPOSITORY"].map {
    Package.Dependency.package(url: $0, branch: "main")
}

let package = Package(
    name: "DownloadOne",
    dependencies: [adm ?? .package(path: "../..")],
    targets: [
        .executableTarget(
            name: "DownloadOne",
            dependencies: [.product(name: "ADMEngine", package: "adm")]
        )
    ]
)
