import PostmeterMetrics
package import PostmeterModel

/// Sends what spools hold while no collector runs, the oldest first, until nothing is left or a receiver takes
/// nothing for a while.
package struct SpoolDrain: Sendable {
    /// How far a lane has come.
    package struct Progress: Sendable, Hashable {
        package let target: String
        package let signal: ExportSignal
        /// Items that the receiver took, rejected ones included; that were given up; and that are left.
        package var drained = 0
        package var lost = 0
        package var left = 0
    }

    private let lanes: [ExportLane]
    private let registry = MetricsRegistry()
    private let clock: ExportClock

    /// Opens the spools of targets.
    ///
    /// - Parameters:
    ///   - targets: Where they go; those without a spool are left out.
    ///   - folder: Where the spools are.
    ///   - signal: The only signal to send; nil: all.
    ///   - transport: What sends.
    ///   - diagnostics: What hears of refusals and of a spool that is in use.
    package init(
        targets: [ExportTarget],
        folder: SpoolFolder,
        signal: ExportSignal? = nil,
        transport: any ExportTransport,
        clock: ExportClock = .system,
        diagnostics: Diagnostics
    ) {
        self.clock = clock
        let maker = LaneMaker(
            spoolDirectory: folder.path,
            transport: transport,
            health: ExportHealth(registry: registry, tracers: [], version: ""),
            clock: clock,
            diagnostics: diagnostics,
            logDiagnostics: diagnostics
        )
        lanes = targets.filter { $0.spool != nil }.flatMap { target in
            ExportSignal.allCases.compactMap { one in
                signal == nil || signal == one ? maker.lane(one, of: target) : nil
            }
        }
    }

    /// Sends until nothing is left, or nothing was taken for `patience`.
    ///
    /// A killed drain loses nothing, and repeats at most the request that was under way.
    ///
    /// - Parameter report: Hears at most once a second how far it is.
    package func run(
        patience: Duration = .seconds(60),
        report: @Sendable ([Progress]) -> Void = { _ in }
    ) async -> [Progress] {
        for lane in lanes { await lane.start() }
        var best = progress()
        var since = clock.now()
        while best.contains(where: { $0.left > 0 }), clock.seconds(since: since) < patience.inSeconds {
            do { try await clock.sleep(.seconds(1)) } catch { break }
            for lane in lanes { await lane.wake() }
            let now = progress()
            if now != best { since = clock.now() }
            best = now
            report(now)
        }
        let end = clock.now()
        for lane in lanes {
            await lane.close(by: end)
            await lane.settle()
            await lane.close()
        }
        return progress()
    }

    private func progress() -> [Progress] {
        let snapshot = registry.snapshot()
        return lanes.map { lane in
            let (target, signal) = (lane.health.target, lane.health.signal)
            return Progress(
                target: target,
                signal: signal,
                drained: Self.sum(snapshot, "postmeter.spool.drained", target, signal),
                lost: Self.sum(snapshot, "postmeter.export.lost", target, signal),
                left: lane.figures.now.spoolItems
            )
        }
    }

    /// The sum of a counter over all its series of a lane.
    private static func sum(
        _ snapshot: MetricsSnapshot,
        _ name: String,
        _ target: String,
        _ signal: ExportSignal
    ) -> Int {
        var total = 0
        for family in snapshot.families where family.descriptor.name == name {
            guard case .integers(let values) = family.values else { continue }
            for (identity, value) in zip(family.identities, values) {
                let attributes = AttributeReader.attributes(in: identity.bytes)
                let isOurs =
                    attributes.contains { $0.key == "target" && $0.value == .string(target) }
                    && attributes.contains { $0.key == "signal" && $0.value == .string(signal.rawValue) }
                if isOurs { total += Int(value) }
            }
        }
        return total
    }
}

extension Duration {
    fileprivate var inSeconds: Double { Double(clampedNanoseconds) / 1e9 }
}
