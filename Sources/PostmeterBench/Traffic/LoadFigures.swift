/// The figures of several runs of a load against the same server.
struct LoadFigures: Sendable {
    /// Accepted requests a second.
    let rates: Samples
    /// Milliseconds to the answer.
    let medians: Samples
    let tails: Samples
    /// CPU of the server and of this process, in microseconds a request.
    let processor: Samples
    let generator: Samples
    /// Accepted requests, those of the first run too.
    let accepted: Int

    /// One run.
    private struct Run {
        var result: LoadResult
        var processor: Double
        var generator: Double
        var foreign: Double?
    }

    /// Runs a load several times, the first to warm up.
    ///
    /// - Parameter most: The most requests a second that can be expected.
    static func measure(
        _ generator: LoadGenerator<Load>, against server: ChildProcess, most: Int, _ harness: Harness
    ) async throws -> LoadFigures {
        let seconds = harness.isQuick ? 1.0 : 3.0
        var runs: [Run] = []
        for _ in 0...(harness.isQuick ? 2 : 5) {
            try await generator.sign(Int(seconds * Double(most)))
            let load = MachineLoad(children: [server])
            let (before, ownBefore) = (server.processorSeconds, MachineLoad.processSeconds())
            let result = try await generator.run(seconds: seconds)
            let spent = server.processorSeconds - before
            let own = MachineLoad.processSeconds() - ownBefore
            guard result.isClean else { throw BenchmarkError(result.summary) }
            runs.append(
                Run(
                    result: result, processor: spent * 1e6 / Double(result.accepted),
                    generator: own * 1e6 / Double(result.accepted), foreign: load.foreignShare()))
        }
        return LoadFigures(runs)
    }

    private init(_ runs: [Run]) {
        accepted = runs.reduce(0) { $0 + $1.result.accepted }
        let counted = runs.dropFirst()
        let shares = counted.compactMap(\.foreign)
        let foreign = shares.isEmpty ? nil : shares.reduce(0, +) / Double(shares.count)
        rates = Samples(counted.map(\.result.acceptedPerSecond), foreign: foreign)
        medians = Samples(counted.map { $0.result.latency(0.5) }, foreign: foreign)
        tails = Samples(counted.map { $0.result.latency(0.99) }, foreign: foreign)
        processor = Samples(counted.map(\.processor), foreign: foreign)
        generator = Samples(counted.map(\.generator), foreign: foreign)
    }
}
