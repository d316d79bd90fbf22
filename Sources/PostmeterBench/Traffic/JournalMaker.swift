internal import CPrimitives
internal import Glibc
internal import PostmeterCollector
internal import PostmeterFleet
internal import PostmeterJournal

/// Fills the journal of a new data folder with webhooks, as the intake would have.
struct JournalMaker {
    let traffic: ResendTraffic

    /// Journals the fleet and the first `count` webhooks.
    func fill(data: String, count: Int) throws {
        mkdir(data, 0o700)
        let journal = try Journal.open(
            .init(directory: "\(data)/journal"), now: { pm_clock_realtime() },
            warn: { print("journal: \($0)") })
        defer { journal.close() }
        try append(CollectorProcess.fleet.encoded(), .fleet, to: journal)
        let route = Route(
            endpoint: CollectorProcess.endpoint, provider: "resend", account: CollectorProcess.account
        ).text
        for number in 0..<count {
            let head = Envelope(route: route, headers: [("svix-id", traffic.id(number))], span: nil)
                .encodedHead()
            try append(head + traffic.body(number), .envelope, to: journal)
        }
        guard journal.wait(beyond: UInt64(count) + 1, upTo: 60_000_000_000) else {
            throw BenchmarkError("the journal did not get to the disk within a minute")
        }
    }

    private func append(_ payload: [UInt8], _ kind: JournalKind, to journal: Journal) throws {
        // Below the limit of what may wait for the disk, so that nothing is refused.
        while journal.statistics.pendingBytes > 8 << 20 { usleep(200) }
        journal.append(kind: kind.rawValue, payload) { result in
            if case .failure(let error) = result { print("journal: \(error)") }
        }
    }
}
