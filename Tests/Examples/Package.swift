// swift-tools-version: 6.2
// Services that use Postmeter as yours would. A package of its own, so that what they depend on reaches no user.
import PackageDescription

let swift: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .treatAllWarnings(as: .error),
]

let postmeter: Target.Dependency = .product(name: "Postmeter", package: "postmeter")
let log: Target.Dependency = .product(name: "Logging", package: "swift-log")
let metrics: Target.Dependency = .product(name: "Metrics", package: "swift-metrics")
let tracing: Target.Dependency = .product(name: "Tracing", package: "swift-distributed-tracing")
let lifecycle: Target.Dependency = .product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let hummingbird: Target.Dependency = .product(name: "Hummingbird", package: "hummingbird")

let package = Package(
    name: "postmeter-examples",
    dependencies: [
        .package(name: "postmeter", path: "../.."),
        .package(url: "https://github.com/apple/swift-distributed-tracing", from: "1.7.3"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1", traits: []),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    ],
    targets: [
        .executableTarget(
            name: "AgentService", dependencies: [postmeter, log, lifecycle], swiftSettings: swift),
        .executableTarget(
            name: "Differential", dependencies: [postmeter, log, lifecycle], swiftSettings: swift),
        .executableTarget(
            name: "EveryInstrument", dependencies: [postmeter, log, lifecycle], swiftSettings: swift),
        .executableTarget(
            name: "ManySeries", dependencies: [postmeter, log, lifecycle], swiftSettings: swift),
        .executableTarget(
            name: "WebService", dependencies: [postmeter, hummingbird, log, metrics, tracing, lifecycle],
            swiftSettings: swift),
    ]
)
