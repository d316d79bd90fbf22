import Testing

@testable import PostmeterExport

@Suite struct HostileScheduleTests {
    /// One thing that happens.
    private enum Event: CaseIterable {
        case record, recordMany, moment, minutes, hours, mood, otherMood, disk, kill, restart
    }

    private func mood(using random: inout SplitMix) -> LedgerReceiver.Mood {
        switch Int.random(in: 0..<12, using: &random) {
        case 0...2: .accepts
        case 3: .rejectsOne
        case 4: .busy(status: 503, retryAfter: nil)
        case 5: .busy(status: 429, retryAfter: "\(Int.random(in: 0...900, using: &random))")
        case 6: .busy(status: 502, retryAfter: "Thu, 16 Nov 2023 22:13:21 GMT")
        case 7, 8: .nobodyThere
        case 9: .lostBefore
        case 10: .lostAfter
        default: .refuses(status: 400)
        }
    }

    /// Lets anything happen to a process with two targets, and holds it to the law of the ledger all along.
    private func run(seed: UInt64, steps: Int) async throws {
        var random = SplitMix(seed: seed)
        let compresses = Bool.random(using: &random)
        let bytes = Int.random(in: 1...2, using: &random) << 20
        let world = try await SpoolWorld(["a", "b"]) { target in
            target.spool = SpoolLimits(byteLimit: bytes, ageLimit: .seconds(36 * 3_600))
            if compresses {
                target.logs = try? OTLPTarget(.base("http://\(target.name):4318"), compression: .gzip)
            }
            target.logRecords.queueLimit = 4
        }
        let receivers = world.receivers.sorted { $0.key < $1.key }.map(\.value)
        var isDiskFailing = false
        var trace: [String] = []
        for step in 0..<steps {
            let event = Event.allCases.randomElement(using: &random) ?? .moment
            trace.append("\(event)")
            switch event {
            case .record: await world.record(Int.random(in: 1...40, using: &random))
            case .recordMany: await world.record(Int.random(in: 1...500, using: &random), padding: 1_500)
            case .moment: await world.wait(.milliseconds(Int.random(in: 1...2_000, using: &random)))
            case .minutes: await world.wait(.seconds(Int.random(in: 1...600, using: &random)))
            case .hours: await world.wait(.seconds(Int.random(in: 3_600...20_000, using: &random)))
            case .mood: receivers[0].mood = mood(using: &random)
            case .otherMood: receivers[1].mood = mood(using: &random)
            case .disk:
                isDiskFailing = Int.random(in: 0..<4, using: &random) == 0
                world.disk.fail(isDiskFailing)
            case .kill, .restart:
                // What is in memory because the disk refuses is lost with it, uncounted after a kill.
                world.disk.fail(false)
                isDiskFailing = false
                await world.heal()
                if event == .kill { try await world.kill() } else { try await world.restart() }
            }
            await world.settle()
            guard event == .kill || event == .restart || step % 8 == 7 else { continue }
            for target in ["a", "b"] {
                try await world.check(target, "seed \(seed), step \(step): \(trace.suffix(12))")
            }
        }
        world.disk.fail(false)
        for receiver in receivers { receiver.mood = .accepts }
        await world.heal()
        await world.drain()
        for target in ["a", "b"] {
            try await world.check(target, "seed \(seed), at the end")
            #expect(world.process.figure("items", target) == 0, "seed \(seed)")
        }
        #expect(world.disk.segmentBytes == 0, "seed \(seed)")
    }

    @Test func `whatever happens, every record arrives in order or is counted`() async throws {
        // A seed that found something, and then others.
        try await run(seed: 18_047_643_703_859_304_194, steps: 60)
        for _ in 0..<6 {
            try await run(seed: UInt64.random(in: .min ... .max), steps: 60)
        }
    }
}
