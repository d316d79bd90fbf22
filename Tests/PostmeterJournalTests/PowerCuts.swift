import PostmeterJournal

/// The disk as a power cut would leave it, at each sync of a run: all that was synced before, and some sectors
/// of what was not.
final class PowerCuts: Sendable {
    private struct State {
        var random: SplitMix
        var taken: [(disk: TestDirectory, answered: Int)] = []
        var answered = 0
    }

    private let directory: TestDirectory
    private let state: Locked<State>

    init(of directory: TestDirectory, seed: UInt64) {
        self.directory = directory
        state = Locked(State(random: SplitMix(seed: seed)))
    }

    /// The disk to give to the journal.
    var disk: TestDisk {
        TestDisk(holdsWrites: true, beforeSync: { self.take($0) })
    }

    /// A copy of the disk at each sync, and how many records had been answered by then.
    var taken: [(disk: TestDirectory, answered: Int)] { state.withLock { $0.taken } }

    func count(_ answer: Result<JournalPosition, JournalError>) {
        if case .success = answer { state.withLock { $0.answered += 1 } }
    }

    private func take(_ held: [TestDisk.HeldWrite]) {
        let copy = TestDirectory()
        for name in directory.names where name.hasSuffix(".seg") { copy.write(name, directory.read(name)) }
        state.withLock { state in
            copy.writeSectors(of: held, using: &state.random)
            state.taken.append((copy, state.answered))
        }
    }
}
