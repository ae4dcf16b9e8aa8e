// swift-tools-version: 6.2

import PackageDescription

/// Set for tools/fuzz: shows the fuzz targets and has every parser instrumented.
let isFuzzing = Context.environment["SUISHEN_FUZZ"] == "1"
let instrumentation = ["-sanitize=fuzzer,address"]

let settings: [SwiftSetting] =
    [
        .swiftLanguageMode(.v6),
        .strictMemorySafety(),
        .treatAllWarnings(as: .error),
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("InternalImportsByDefault"),
        .enableUpcomingFeature("MemberImportVisibility"),
    ] + (isFuzzing ? [.unsafeFlags(instrumentation)] : [])

let grdb: Target.Dependency = .product(name: "GRDB", package: "GRDB.swift")
let sqlite: Target.Dependency = .product(name: "GRDBSQLite", package: "GRDB.swift")
let http: [Target.Dependency] = [
    .product(name: "HummingbirdCore", package: "hummingbird"),
    .product(name: "HTTPTypes", package: "swift-http-types"),
    .product(name: "NIOCore", package: "swift-nio"),
]
let nioPosix: Target.Dependency = .product(name: "NIOPosix", package: "swift-nio")
let httpServing: [Target.Dependency] = [
    .product(name: "HummingbirdCore", package: "hummingbird"),
    .product(name: "HTTPTypes", package: "swift-http-types"),
    .product(name: "Logging", package: "swift-log"),
    .product(name: "NIOCore", package: "swift-nio"),
    .product(name: "NIOHTTPTypes", package: "swift-nio-extras"),
    nioPosix,
]
let argumentParser: Target.Dependency = .product(name: "ArgumentParser", package: "swift-argument-parser")

/// A C library of the system, described by a module map in Sources/CLibraries.
func cLibrary(_ name: String, pkgConfig: String, apt: String) -> Target {
    .systemLibrary(
        name: name, path: "Sources/CLibraries/\(name)", pkgConfig: pkgConfig, providers: [.apt([apt])])
}

/// A C library that no command links, so that only a process that needs it loads it; its shim.h opens it.
func openedLibrary(_ name: String, apt: String) -> Target {
    .systemLibrary(name: name, path: "Sources/CLibraries/\(name)", providers: [.apt([apt])])
}

func library(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: settings)
}

/// A library that is optimized in every build: tests have it read, hash and compare so much that without that they take
/// twice as long.
func optimizedLibrary(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .target(
        name: name, dependencies: dependencies,
        swiftSettings: settings + (isFuzzing ? [] : [.unsafeFlags(["-O"], .when(configuration: .debug))]))
}

/// A command of the product, in Sources/Commands.
func command(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .executableTarget(
        name: name, dependencies: dependencies + [argumentParser], path: "Sources/Commands/\(name)",
        swiftSettings: settings)
}

/// A bench, a forge, a driver or a player of another network, in Sources/Workshop: not part of the product.
func workshop(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .executableTarget(
        name: name, dependencies: dependencies, path: "Sources/Workshop/\(name)", swiftSettings: settings)
}

/// Whether release builds of quick commands have libcrypto and libsodium inside.
///
/// `SUISHEN_LINK=dynamic` makes them load the system's libraries; CommandSupport.docc/Linking.md says when.
let linksArchives = {
    let wanted = Context.environment["SUISHEN_LINK"] ?? "static"
    precondition(["dynamic", "static"].contains(wanted), "SUISHEN_LINK is dynamic or static")
    return wanted == "static"
}()

/// Linker flags that take a library from its archive.
///
/// Modules and the toolchain ask for the shared library by name. The path that this finds leads to nothing, and the
/// archive stands in for it; of the linkers only lld can do this.
func archive(_ name: String) -> [String] {
    ["-Xlinker", "--remap-inputs=*/lib\(name).so=/dev/null", "-Xlinker", "-l:lib\(name).a"]
}

/// A command that is started again and again, once a scan or an audit.
///
/// Loading and relocating libraries costs more than its work. So release builds have the Swift and the C++ library,
/// libcrypto and libsodium inside, and carry no symbols (tools/bench-startup measures it). The system puts them at a
/// random address, which costs a fifth of the start: a gate reads pictures that strangers made.
func quickCommand(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    let release = BuildSettingCondition.when(configuration: .release)
    let archives = ["stdc++"] + (linksArchives ? ["crypto", "sodium"] : [])
    let oneFile =
        [
            "-static-stdlib", "-use-ld=lld", "-Xclang-linker", "-pie", "-Xclang-linker", "-static-libgcc",
            "-Xlinker", "-z", "-Xlinker", "pack-relative-relocs", "-Xlinker", "-s", "-Xlinker", "--no-export-dynamic",
        ] + archives.flatMap(archive)
    // What the parser of arguments reaches inside the toolchain, named since a static link finds it no other way.
    let insideTheToolchain = ["_FoundationCShims", "_FoundationCollections", "swiftSynchronization"]
    return .executableTarget(
        name: name, dependencies: dependencies + ["CArguments", argumentParser], path: "Sources/Commands/\(name)",
        swiftSettings: settings + [.unsafeFlags(["-static-stdlib"], release)],
        linkerSettings: [.unsafeFlags(oneFile, release)]
            + insideTheToolchain.map { .linkedLibrary($0, release) })
}

func tests(_ name: String, _ dependencies: [Target.Dependency], exclude: [String] = []) -> Target {
    .testTarget(
        name: name, dependencies: dependencies, exclude: exclude, swiftSettings: settings)
}

let fuzzDependencies: [Target.Dependency] = [
    "CZlib", "Compression", "Credential", "Encoding", "ForeignCodes", "Gate", "GateRunning", "HardwareKeys",
    "IssuerInterface", "Issuing", "ObjectStorage", "Platform", "PublicWeb", "QRReading", "QRStandard",
    "Signing", "Storage", "TraceLog",
]
/// The parsers as functions of bytes: tests run what tools/fuzz kept through them, and tools/fuzz makes more.
let fuzzTarget =
    isFuzzing
    ? Target.executableTarget(
        name: "fuzz-parsers", dependencies: fuzzDependencies, path: "Tests/FuzzTests", exclude: ["CorpusTests.swift"],
        swiftSettings: settings, linkerSettings: [.unsafeFlags(instrumentation + ["-use-ld=lld"])])
    : tests("FuzzTests", fuzzDependencies + ["TestSupport"], exclude: ["main.swift"])

let package = Package(
    name: "suishen",
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
        .package(url: "https://github.com/groue/GRDB.swift", exact: "7.10.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", exact: "2.28.1", traits: []),
        .package(url: "https://github.com/apple/swift-nio", exact: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-extras", exact: "1.35.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", exact: "2.37.6"),
        .package(url: "https://github.com/apple/swift-http-types", exact: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log", exact: "1.16.2"),
    ],
    targets: [
        cLibrary("COpenSSL", pkgConfig: "libcrypto", apt: "libssl-dev"),
        cLibrary("CSodium", pkgConfig: "libsodium", apt: "libsodium-dev"),
        cLibrary("CPostgreSQL", pkgConfig: "libpq", apt: "libpq-dev"),
        cLibrary("CQREncode", pkgConfig: "libqrencode", apt: "libqrencode-dev"),
        cLibrary("CSPNG", pkgConfig: "spng", apt: "libspng-dev"),
        cLibrary("CZlib", pkgConfig: "zlib", apt: "zlib1g-dev"),
        // Opened when they are first wanted: libcurl for a remote service, zbar for its first look at a picture.
        openedLibrary("CCurl", apt: "libcurl4-openssl-dev"),
        openedLibrary("CZBar", apt: "libzbar-dev"),
        cLibrary("CTurboJPEG", pkgConfig: "libturbojpeg", apt: "libturbojpeg0-dev"),

        .systemLibrary(name: "CLinux", path: "Sources/CLibraries/CLinux"),

        .target(name: "CArguments", path: "Sources/CLibraries/CArguments"),

        // Optimized in every build: without that it is slower than what it is there to outrun.
        .target(name: "CSHA256", path: "Sources/CLibraries/CSHA256", cSettings: [.unsafeFlags(["-O3"])]),

        // Opens a token's module while the process runs; only the headers of PKCS#11 are needed to build it.
        .target(name: "CPKCS11", path: "Sources/CLibraries/CPKCS11"),

        optimizedLibrary("Encoding", []),
        library("Platform", ["CCurl"]),
        optimizedLibrary("Compression", ["CZlib", "Platform"]),
        optimizedLibrary("Signing", ["COpenSSL", "CSHA256", "CSodium", "Platform"]),
        library("HardwareKeys", ["CPKCS11", "Platform", "Signing"]),
        optimizedLibrary("Credential", ["Encoding", "Platform", "Signing"]),
        optimizedLibrary("QRStandard", []),
        optimizedLibrary("QREncoding", ["Platform", "QRStandard"]),
        optimizedLibrary("QRDrawing", ["CQREncode", "CSPNG", "QREncoding", "QRStandard"]),
        optimizedLibrary("QRReading", ["CSPNG", "CTurboJPEG", "CZBar", "Platform", "QRStandard"]),
        library("QRProofreading", ["QRDrawing", "QREncoding", "QRReading", "QRStandard"]),
        library("ForeignCodes", ["Compression", "Credential", "Encoding", "Platform", "Signing"]),
        optimizedLibrary(
            "Gate", ["Compression", "Credential", "Encoding", "ForeignCodes", "Platform", "Signing", "TraceLog"]),
        library("GateRunning", ["Gate", "Platform", "Signing"]),
        library(
            "GateCommandLine",
            [
                "CLinux", "CommandSupport", "Credential", "Encoding", "Gate", "GateRunning", "Platform", "Signing",
                argumentParser,
            ]),
        optimizedLibrary("TraceLog", ["CSHA256", "Encoding", "Platform", "Signing"]),
        library("Storage", ["CLinux", "Credential", "Encoding", "Platform", "Signing", "TraceLog", grdb, sqlite]),
        library("ObjectStorage", ["Encoding", "Platform", "Signing", "Storage", "TraceLog"]),
        library("PostgreSQLStorage", ["CPostgreSQL", "Platform", "Signing", "Storage", "TraceLog"]),
        library(
            "Issuing",
            [
                "Credential", "Encoding", "ForeignCodes", "Gate", "HardwareKeys", "ObjectStorage", "Platform",
                "PostgreSQLStorage", "Signing", "Storage", "TraceLog",
            ]),
        library("IssuerInterface", ["Credential", "Encoding", "Issuing", "Platform"]),
        library("HTTPServing", ["Platform"] + httpServing),
        library(
            "TLSServing",
            [
                "HTTPServing", "Platform", "Signing", .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"), .product(name: "NIOTLS", package: "swift-nio"),
            ]),
        library(
            "IssuerHTTP",
            [
                "Credential", "Encoding", "HTTPServing", "IssuerInterface", "Issuing", "Platform", "Storage",
                "TLSServing",
            ] + http),
        .target(
            name: "PublicWeb",
            dependencies: [
                "Compression", "Credential", "Encoding", "Gate", "GateRunning", "HTTPServing", "Platform", "Signing",
                "TraceLog",
            ] + http + [.product(name: "NIOHTTPTypes", package: "swift-nio-extras"), nioPosix],
            exclude: ["Wasm"], resources: [.embedInCode("Assets")], swiftSettings: settings),
        library("CommandSupport", ["CLinux", "Encoding", "Platform", "Signing", argumentParser]),

        command(
            "suishen",
            [
                "CommandSupport", "Credential", "Encoding", "ForeignCodes", "Gate", "HardwareKeys", "IssuerInterface",
                "Issuing", "Platform",
                "QRDrawing", "QRProofreading", "QRReading", "QRStandard", "Signing", "TraceLog",
            ]),
        command(
            "suishend",
            [
                "CommandSupport", "Encoding", "HTTPServing", "IssuerHTTP", "IssuerInterface", "Issuing", "Platform",
                "Signing",
            ]),
        command(
            "suishen-web",
            [
                "CommandSupport", "Encoding", "Gate", "GateCommandLine", "HTTPServing", "Platform", "PublicWeb",
                "Signing",
            ]),
        quickCommand(
            "verify",
            [
                "CLinux", "CommandSupport", "Encoding", "ForeignCodes", "Gate", "GateCommandLine", "GateRunning",
                "Platform", "QRReading", "Signing",
            ]),
        command(
            "suishen-witness",
            [
                "CommandSupport", "Encoding", "HTTPServing", "Platform", "Signing", "TraceLog",
            ] + http),
        quickCommand("chain-verify", ["CommandSupport", "Encoding", "Platform", "Signing", "TraceLog"]),

        .target(
            name: "LogForge", dependencies: ["Signing", "TraceLog"], path: "Sources/Workshop/LogForge",
            swiftSettings: settings),
        workshop(
            "log-forge", ["CommandSupport", "Encoding", "LogForge", "Platform", "Signing", "TraceLog", argumentParser]),
        .target(
            name: "WalletPhone", dependencies: ["Credential", "Encoding", "ForeignCodes", "Issuing", "Signing"],
            path: "Sources/Workshop/WalletPhone", swiftSettings: settings),
        workshop(
            "wallet-bench",
            [
                "Encoding", "IssuerInterface", "Issuing", "Platform", "Signing", "WalletPhone", "suishend",
                argumentParser,
            ]),
        workshop("log-crash-driver", ["Encoding", "Signing", "Storage", "TraceLog"]),
        workshop("wire-vectors", ["CommandSupport", "Credential", "Encoding", "Gate", "Signing"]),
        workshop(
            "transit-issuer",
            [
                "CommandSupport", "Encoding", "ForeignCodes", "Gate", "Platform", "QRDrawing", "QRStandard", "Signing",
                argumentParser,
            ]),
        workshop("bench", ["CQREncode", "Encoding", "QRDrawing", "QRStandard", "Signing", argumentParser]),
        workshop("scan-bench", ["QRReading", argumentParser]),
        workshop("stream-bench", ["Credential", "Encoding", "Gate", "Signing", argumentParser]),
        workshop("token-bench", ["CPKCS11", "HardwareKeys", "Signing", argumentParser]),
        workshop("settlement-simulation", ["Encoding", "Gate", "TraceLog", argumentParser]),
        workshop("audit-bench", ["CSHA256", "Signing", "TraceLog", argumentParser]),
        workshop("store-bench", ["Credential", "PostgreSQLStorage", "Signing", "Storage", argumentParser]),
        workshop(
            "log-bench",
            [
                "Encoding", "IssuerInterface", "Issuing", "Signing", "Storage", "TraceLog", "suishend", argumentParser,
                grdb,
            ]),

        .target(name: "TestSupport", path: "Tests/TestSupport", swiftSettings: settings),
        .target(
            name: "GateTestSupport", dependencies: ["Gate", "Signing"], path: "Tests/GateTestSupport",
            swiftSettings: settings),
        tests("EncodingTests", ["Encoding", "TestSupport"]),
        tests("PlatformTests", ["Platform", "TestSupport"]),
        tests(
            "ErrorTests",
            [
                "CommandSupport", "Compression", "Credential", "Encoding", "ForeignCodes", "Gate", "HTTPServing",
                "Issuing", "Platform", "PublicWeb",
                "QRDrawing", "QREncoding", "QRReading", "Signing", "Storage", "TestSupport", "TraceLog",
            ]),
        tests("CompressionTests", ["Compression"]),
        tests("SigningTests", ["Encoding", "Signing", "TestSupport"]),
        tests("HardwareKeysTests", ["HardwareKeys", "Signing", "TestSupport"]),
        tests("CredentialTests", ["Credential", "Encoding", "Signing", "TestSupport"]),
        tests("QREncodingTests", ["CQREncode", "QRDrawing", "QREncoding", "QRReading", "QRStandard"]),
        tests("QRDrawingTests", ["QRDrawing", "QREncoding", "QRProofreading", "QRReading", "QRStandard"]),
        tests(
            "QRReadingTests",
            ["CSPNG", "CTurboJPEG", "QRDrawing", "QREncoding", "QRReading", "QRStandard", "TestSupport"]),
        tests(
            "GateTests",
            [
                "Compression", "Credential", "Encoding", "ForeignCodes", "Gate", "GateTestSupport", "Platform",
                "Signing",
                "TestSupport", "TraceLog",
            ]),
        tests("GateRunningTests", ["GateRunning", "QRDrawing", "QRReading", "QRStandard"]),
        tests(
            "ForeignCodesTests",
            ["Compression", "Credential", "Encoding", "ForeignCodes", "Gate", "Signing", "TestSupport"],
            exclude: ["disagreements.json"]),
        tests("TraceLogTests", ["Encoding", "LogForge", "Signing", "TestSupport", "TraceLog"]),
        tests(
            "StorageTests",
            [
                "Credential", "Encoding", "ObjectStorage", "Platform", "PostgreSQLStorage", "Signing", "Storage",
                "TestSupport", "TraceLog", "log-crash-driver", grdb,
            ]),
        .target(
            name: "IssuerTestSupport",
            dependencies: ["Encoding", "Gate", "HardwareKeys", "Issuing", "Platform", "Signing", "TestSupport"],
            path: "Tests/IssuerTestSupport", swiftSettings: settings),
        tests(
            "IssuingTests",
            [
                "Credential", "Encoding", "Gate", "GateTestSupport", "IssuerTestSupport", "Issuing",
                "ObjectStorage", "Platform", "Signing", "Storage", "TestSupport", "TraceLog",
            ]),
        tests(
            "HTTPServingTests",
            ["HTTPServing", .product(name: "NIOCore", package: "swift-nio"), nioPosix]),
        tests(
            "IssuerHTTPTests",
            [
                "CLinux", "Credential", "Encoding", "Gate", "GateTestSupport", "IssuerInterface",
                "IssuerTestSupport", "Issuing", "Platform", "Signing", "Storage", "TestSupport", "TraceLog",
                "WalletPhone", "chain-verify", "suishen-witness", "suishen", "suishend", "verify", grdb,
            ]),
        tests(
            "PublicWebTests",
            [
                "Credential", "Encoding", "Platform", "PublicWeb", "Signing", "TestSupport", "TraceLog", "chain-verify",
                "suishen",
                "suishen-web", "suishend",
            ]),
        tests(
            "CommandTests",
            [
                "Compression", "Credential", "Encoding", "ForeignCodes", "Gate", "GateRunning", "GateTestSupport",
                "LogForge", "Platform",
                "QRDrawing", "QRReading", "QRStandard", "Signing", "TestSupport", "TraceLog", "chain-verify",
                "suishen-witness",
                "settlement-simulation",
                "suishen", "suishen-web", "suishend", "transit-issuer", "verify",
            ]),
        tests(
            "DocumentationTests",
            [
                "CommandSupport", "Credential", "Encoding", "ForeignCodes", "Gate", "GateRunning", "IssuerHTTP",
                "IssuerInterface", "Issuing", "LogForge", "Platform", "QRDrawing", "QRProofreading", "QRReading",
                "QRStandard", "Signing",
                "Storage", "TestSupport", "TraceLog", "suishen", grdb,
            ]),
        fuzzTarget,
    ]
)

// Set by tools/sanitize: only what stands at the C boundaries is built, and its tests.
if Context.environment["SUISHEN_SANITIZE"] == "1" {
    let boundaries: Set = [
        "CCurl", "COpenSSL", "CQREncode", "CSHA256", "CSPNG", "CSodium", "CTurboJPEG", "CZBar", "Encoding", "Platform",
        "QRDrawing", "QRDrawingTests", "QREncoding", "QREncodingTests", "QRProofreading", "QRReading", "QRReadingTests",
        "QRStandard", "Signing",
        "SigningTests",
        "TestSupport",
    ]
    package.dependencies.removeAll()
    package.targets.removeAll { !boundaries.contains($0.name) }
}
