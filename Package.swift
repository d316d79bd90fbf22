// swift-tools-version: 6.2
// The rooms of Postmeter, floor by floor. A target may import only what stands in its own list:
// `make lint` holds every import line against it.
import PackageDescription

let swift: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .treatAllWarnings(as: .error),
]

func room(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: swift)
}

func tests(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .testTarget(name: name, dependencies: dependencies, swiftSettings: swift)
}

func nio(_ product: String) -> Target.Dependency { .product(name: product, package: "swift-nio") }

let crypto: Target.Dependency = .product(name: "Crypto", package: "swift-crypto")
let grdb: Target.Dependency = .product(name: "GRDB", package: "GRDB.swift")
let yams: Target.Dependency = .product(name: "Yams", package: "Yams")
let log: Target.Dependency = .product(name: "Logging", package: "swift-log")
let metrics: Target.Dependency = .product(name: "CoreMetrics", package: "swift-metrics")
let tracing: Target.Dependency = .product(name: "Tracing", package: "swift-distributed-tracing")
let instrumentation: Target.Dependency = .product(
    name: "Instrumentation", package: "swift-distributed-tracing")
let lifecycle: Target.Dependency = .product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let signals: Target.Dependency = .product(name: "UnixSignals", package: "swift-service-lifecycle")
let arguments: Target.Dependency = .product(name: "ArgumentParser", package: "swift-argument-parser")
let nioSSL: Target.Dependency = .product(name: "NIOSSL", package: "swift-nio-ssl")

let package = Package(
    name: "postmeter",
    products: [
        .library(name: "Postmeter", targets: ["Postmeter"]),
        .executable(name: "postmeter", targets: ["PostmeterCommand"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-distributed-tracing", from: "1.7.3"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    ],
    targets: [
        // Floor 0: C.
        .systemLibrary(
            name: "CProtobufC", pkgConfig: "libprotobuf-c", providers: [.apt(["libprotobuf-c-dev"])]),
        .systemLibrary(name: "CCurl", pkgConfig: "libcurl", providers: [.apt(["libcurl4-openssl-dev"])]),
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        .systemLibrary(name: "CCrypt", pkgConfig: "libcrypt", providers: [.apt(["libcrypt-dev"])]),
        .target(name: "COTLP", dependencies: ["CProtobufC"]),
        .target(name: "CPrimitives"),
        .target(name: "CMeasurement", dependencies: ["CPrimitives"]),
        .target(name: "CSimdjson", linkerSettings: [.linkedLibrary("simdjson")]),

        // Floor 1: values.
        room("PostmeterModel", []),

        // Floor 2: record, write, carry.
        room("PostmeterMetrics", ["PostmeterModel", "CPrimitives"]),
        room("PostmeterTracing", ["PostmeterModel", "CPrimitives", instrumentation]),
        room("PostmeterOTLP", ["PostmeterModel", "COTLP"]),
        room("PostmeterExposition", ["PostmeterModel", "CPrimitives", "COTLP"]),
        room("PostmeterJournal", ["CPrimitives"]),
        room(
            "PostmeterTransport",
            [
                "CCurl", "CZlib", "CCrypt", nio("NIOCore"), nio("NIOPosix"), nio("NIOHTTP1"),
                nio("NIOConcurrencyHelpers"), nioSSL, crypto,
            ]),

        // Floor 3: domain, ship.
        room(
            "PostmeterMail",
            [
                "PostmeterModel", "PostmeterMetrics", "PostmeterTracing", "CPrimitives", crypto,
                instrumentation,
            ]),
        room(
            "PostmeterExport",
            [
                "PostmeterModel", "PostmeterMetrics", "PostmeterTracing", "PostmeterOTLP",
                "PostmeterExposition", "PostmeterJournal", "PostmeterTransport",
            ]),

        // Floor 4: door, platform.
        room(
            "Postmeter",
            [
                "PostmeterModel", "PostmeterMetrics", "PostmeterTracing", "PostmeterOTLP",
                "PostmeterExposition", "PostmeterJournal", "PostmeterTransport", "PostmeterMail",
                "PostmeterExport", "CPrimitives", log, metrics, tracing, instrumentation, lifecycle,
            ]),
        room("PostmeterWebhooks", ["PostmeterModel", "PostmeterMail", "CSimdjson", crypto]),
        room("PostmeterFleet", ["PostmeterModel", "PostmeterMail", grdb]),

        // Floor 5: program.
        room(
            "PostmeterCollector",
            [
                "PostmeterModel", "PostmeterMetrics", "PostmeterTracing", "PostmeterOTLP",
                "PostmeterExposition", "PostmeterJournal", "PostmeterTransport", "PostmeterMail",
                "PostmeterExport", "Postmeter", "PostmeterWebhooks", "PostmeterFleet", grdb, yams,
                "CPrimitives", nio("NIOCore"), log, lifecycle, signals,
            ]),
        room("PostmeterSimulator", ["PostmeterModel", "PostmeterTransport", crypto]),

        // Floor 6: program.
        .executableTarget(
            name: "PostmeterCommand", dependencies: ["PostmeterCollector", "PostmeterSimulator", arguments],
            swiftSettings: swift),
        .executableTarget(
            name: "PostmeterBench",
            dependencies: [
                "PostmeterModel", "PostmeterMetrics", "PostmeterTracing", "PostmeterOTLP",
                "PostmeterExposition", "PostmeterJournal", "PostmeterTransport", "PostmeterMail",
                "PostmeterExport", "PostmeterWebhooks", "PostmeterFleet", "PostmeterCollector",
                "PostmeterSimulator", "Postmeter", "CPrimitives", "CMeasurement", arguments, nio("NIOCore"),
                nio("NIOPosix"), log, metrics, tracing,
            ],
            swiftSettings: swift),
        .executableTarget(
            name: "PostmeterRecordPaths",
            dependencies: ["PostmeterModel", "PostmeterMetrics", "PostmeterTracing", "CMeasurement"],
            swiftSettings: swift),

        // Tests mirror the rooms.
        tests(
            "PostmeterTests",
            [
                "Postmeter", "PostmeterMail", "PostmeterMetrics", "PostmeterModel", "PostmeterTracing",
                "PostmeterTransport", nio("NIOCore"), log, metrics, tracing, instrumentation, lifecycle,
            ]),
        tests(
            "PostmeterExportTests",
            [
                "PostmeterExport", "PostmeterModel", "PostmeterMetrics", "PostmeterTracing", "PostmeterOTLP",
                "PostmeterExposition", "PostmeterJournal", "PostmeterTransport", nio("NIOCore"),
            ]),
        tests(
            "PostmeterTransportTests",
            ["PostmeterTransport", nio("NIOCore"), nio("NIOPosix"), nio("NIOHTTP1"), nioSSL]),
        tests("PostmeterSimulatorTests", ["PostmeterSimulator", "PostmeterModel", crypto]),
        tests("PostmeterMetricsTests", ["PostmeterMetrics", "PostmeterModel", "CPrimitives"]),
        tests(
            "PostmeterMailTests",
            [
                "PostmeterMail", "PostmeterModel", "PostmeterMetrics", "PostmeterTracing", "CPrimitives",
                instrumentation,
            ]),
        tests("PostmeterJournalTests", ["PostmeterJournal", "CPrimitives"]),
        tests("PostmeterModelTests", ["PostmeterModel"]),
        tests("PostmeterFleetTests", ["PostmeterFleet", "PostmeterMail", "PostmeterModel", grdb]),
        tests(
            "PostmeterCollectorTests",
            [
                "PostmeterCollector", "Postmeter", "PostmeterExport", "PostmeterModel", "PostmeterMail",
                "PostmeterFleet", "PostmeterJournal", "PostmeterMetrics", "PostmeterTracing",
                "PostmeterTransport", "PostmeterWebhooks", crypto, grdb, log,
            ]),
        tests("PostmeterWebhooksTests", ["PostmeterWebhooks", "PostmeterMail", "PostmeterModel", crypto]),
        tests(
            "PostmeterTracingTests",
            ["PostmeterModel", "PostmeterTracing", "CPrimitives", instrumentation]),
        tests("PostmeterOTLPTests", ["PostmeterModel", "PostmeterOTLP"]),
        tests("PostmeterExpositionTests", ["PostmeterModel", "PostmeterExposition"]),
    ],
    cxxLanguageStandard: .cxx17
)

// Fuzzing. The fuzz bodies and the replay of their corpora are a test; when POSTMETER_FUZZ is set, the bodies are a
// program with libFuzzer's driver instead, and there is nothing in the package but what they reach, so that
// Tests/Fuzz/run.sh builds no more than that instrumented.
let fuzzed: [Target.Dependency] = [
    "PostmeterModel", "PostmeterTracing", "PostmeterOTLP", "PostmeterExposition", "PostmeterJournal",
    "PostmeterTransport", "PostmeterMail", "PostmeterExport", "PostmeterWebhooks", "Postmeter",
    "PostmeterCollector", crypto, nio("NIOCore"), nio("NIOEmbedded"),
]
let besideFuzzing = ["README.md", "run.sh", "corpus", "dictionaries"]
if Context.environment["POSTMETER_FUZZ"] == nil {
    package.targets.append(
        .testTarget(
            name: "PostmeterFuzzTests", dependencies: fuzzed, path: "Tests/Fuzz",
            exclude: besideFuzzing + ["Driver"], sources: ["Bodies", "Replay"], swiftSettings: swift))
} else {
    let reached: Set<String> = [
        "CProtobufC", "CCurl", "CZlib", "CCrypt", "COTLP", "CPrimitives", "CSimdjson", "PostmeterModel",
        "PostmeterMetrics", "PostmeterTracing", "PostmeterOTLP", "PostmeterExposition", "PostmeterJournal",
        "PostmeterTransport", "PostmeterMail", "PostmeterExport", "PostmeterWebhooks",
    ]
    package.products = []
    package.targets = package.targets.filter { reached.contains($0.name) }
    // Of the door and the collector, the files with parsers are taken alone: the rooms would bring in SQLite.
    package.targets += [
        .target(
            name: "Postmeter", dependencies: ["PostmeterModel", "PostmeterTransport"],
            sources: ["Configuration/EnvironmentReader.swift"], swiftSettings: swift),
        .target(
            name: "PostmeterCollector",
            dependencies: ["PostmeterModel", "PostmeterTransport", "CPrimitives", yams],
            sources: [
                "WebConfiguration", "Configuration/ConfigurationError.swift",
                "Configuration/ConfigurationError+YAML.swift", "Intake/Envelope.swift",
            ], swiftSettings: swift),
        .executableTarget(
            name: "PostmeterFuzz", dependencies: fuzzed, path: "Tests/Fuzz",
            exclude: besideFuzzing + ["Replay"], sources: ["Bodies", "Driver"], swiftSettings: swift),
    ]
}
