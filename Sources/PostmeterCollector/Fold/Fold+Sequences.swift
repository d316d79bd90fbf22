internal import PostmeterMail
internal import PostmeterMetrics
internal import PostmeterWebhooks

/// The numbers that a platform gives its events, one after the other: those that were skipped and never came tell
/// of webhooks that were lost on their way.
extension Fold {
    /// Numbers that are further apart begin the count anew, and nothing between them is missing.
    static let longestGap: UInt64 = 10_000

    /// Notes the numbers of a webhook's events: what they skip is waited for, and what was skipped may be among them.
    func note(_ numbers: [UInt64], of source: FoldSource, at time: UInt64) {
        let seed = source.seed
        let before = skippedNumbers[seed] ?? 0
        for number in numbers {
            guard let highest = highestNumbers[seed] ?? waiting.sequences[seed] else {
                highestNumbers[seed] = number
                continue
            }
            if number > highest {
                expect(highest + 1..<number, of: seed, at: time)
                highestNumbers[seed] = number
            } else if highest - number > Self.longestGap {
                highestNumbers[seed] = number
            } else if waiting.numbers.remove(key(number, of: seed)) != nil {
                skippedNumbers[seed, default: 0] -= 1
            }
        }
        let now = skippedNumbers[seed] ?? 0
        if now != before { showNumbers(of: seed) }
    }

    private func expect(_ numbers: Range<UInt64>, of seed: UInt64, at time: UInt64) {
        guard numbers.upperBound - numbers.lowerBound <= Self.longestGap else { return }
        for number in numbers {
            skippedNumbers[seed, default: 0] += 1
            if let gone = waiting.numbers.set(seed, for: key(number, of: seed), since: time) {
                countSkipped(gone.word, -1)
            }
        }
    }

    private func key(_ number: UInt64, of seed: UInt64) -> UInt64 {
        hash(String(number), seed)
    }

    /// Moves the gauge of the endpoint with this seed.
    func countSkipped(_ seed: UInt64, _ change: Int) {
        skippedNumbers[seed, default: 0] += change
        showNumbers(of: seed)
    }

    /// Counts what a checkpoint says was skipped, and shows it.
    func countRestoredNumbers() {
        waiting.numbers.forEachWord { skippedNumbers[$0, default: 0] += 1 }
        showNumbers()
    }

    /// Sets the gauges of the endpoints whose platform counts its events, or of the one with this seed.
    func showNumbers(of only: UInt64? = nil) {
        for (id, endpoint) in settings.endpoints where endpoint.options.mapping?.mapping?.sequence != nil {
            let seed = hash(id)
            guard only ?? seed == seed, let route = settings.route(of: id) else { continue }
            figures(of: route, provider: endpoint.mailProvider).bindSequenceMissing()
                .set(Double(skippedNumbers[seed] ?? 0))
        }
    }

    /// Puts the highest numbers where the next checkpoint finds them.
    func keepHighestNumbers() {
        // In an order that does not change from one process to the next.
        for (seed, number) in highestNumbers.sorted(by: { $0.key < $1.key }) {
            _ = waiting.sequences.set(number, for: seed, since: 1)
        }
        highestNumbers.removeAll()
    }
}
