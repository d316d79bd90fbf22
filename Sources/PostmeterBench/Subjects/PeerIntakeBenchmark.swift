/// What other servers do with the same requests over as many connections, without looking at them.
struct PeerIntakeBenchmark: Benchmark {
    /// Where `make bench-intake` puts the peers.
    private static let folder = ".build/peers"

    var trials: [Trial] {
        [
            Trial(name: "intake/go") { try await go($0) },
            Trial(name: "intake/nginx") { try await nginx($0) },
        ]
    }

    private func go(_ harness: Harness) async throws -> [Row] {
        let what = "the same into Go net/http that only reads the body and answers 200"
        guard let program = PeerServer.program(at: ["\(Self.folder)/go-http"]) else {
            return [Self.skipped("intake/go", what)]
        }
        let log = harness.scratch.path("go.log")
        let server = try await PeerServer(program, log: log) { ["127.0.0.1:\($0)"] }
        return try await rows("intake/go", what, server, harness)
    }

    private func nginx(_ harness: Harness) async throws -> [Row] {
        let what = "the same into nginx that only drops the body and answers 200"
        let places = [
            "\(Self.folder)/nginx/usr/sbin/nginx", ".build/conformance/nginx/usr/sbin/nginx",
            "/usr/sbin/nginx",
        ]
        guard let program = PeerServer.program(at: places) else {
            return [Self.skipped("intake/nginx", what)]
        }
        let folder = try harness.scratch.folder("nginx")
        defer { harness.scratch.remove(folder) }
        return try await rows(
            "intake/nginx", what, try await PeerServer.nginx(program, folder: folder), harness)
    }

    private func rows(
        _ name: String, _ what: String, _ server: PeerServer, _ harness: Harness
    ) async throws -> [Row] {
        defer { server.stop() }
        let generator = try await IntakeBenchmark.generator(
            port: server.port, agents: 50, connections: IntakeBenchmark.connections)
        let figures = try await LoadFigures.measure(
            generator, against: server.process, most: IntakeBenchmark.most, harness)
        try await generator.close()
        let rates = figures.rates
        return [
            Row(
                name: name, what: what, unit: "/s", median: rates.median, best: rates.most,
                foreign: rates.foreign),
            Row("\(name)-p99", "  time to the answer, p99", figures.tails, unit: "ms"),
            Row("\(name)-p50", "  time to the answer, p50", figures.medians, unit: "ms"),
            Row("\(name)-cpu", "  CPU of the server a request", figures.processor, unit: "us"),
        ]
    }

    /// A row of a peer that is not there.
    private static func skipped(_ name: String, _ what: String) -> Row {
        Row(name: name, what: what, unit: "", median: .nan, peer: "skipped: make bench-intake brings it")
    }
}
