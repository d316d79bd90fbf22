internal import PostmeterSimulator

/// What overloads the collector.
enum OverloadKind: Sendable {
    /// Webhooks of 1 KiB.
    case events
    /// The same, from more connections than the collector takes.
    case crowd
    /// Webhooks of 37 KiB with 100 events each.
    case batches

    var name: String {
        switch self {
        case .events: "intake/overload"
        case .crowd: "intake/crowd"
        case .batches: "intake/batch-overload"
        }
    }

    /// Connections of the schedule.
    var connections: Int { self == .crowd ? 12_000 : 1_024 }

    /// Connections that find the rate: as many as do not overload it by themselves.
    var fewConnections: Int { self == .batches ? 256 : 1_024 }

    /// More requests a second than can be expected.
    var most: Int { self == .batches ? BatchBenchmark.most : IntakeBenchmark.most }

    /// Events of a request.
    var events: Int { self == .batches ? SignedBatches.events : 1 }

    /// Requests from a number on.
    func requests(first: Int, signer: KeyPairSigner) throws -> any RequestSource {
        switch self {
        case .events, .crowd:
            try IntakeBenchmark.requests(agents: 50, first: first)
        case .batches:
            SignedBatches(agents: 50, signer: signer, path: BatchBenchmark.path, first: first)
        }
    }
}
