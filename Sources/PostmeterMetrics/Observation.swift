import PostmeterModel
import Synchronization

/// The callbacks of an observable instrument.
final class Observation: Sendable {
    typealias Callback = @Sendable (inout Observer) -> Void

    private struct State {
        var callbacks: [(number: UInt64, door: FamilyDoor?, body: Callback)] = []
        var made: UInt64 = 0
    }

    private let state = Mutex(State())
    /// Held while callbacks run, so that they run one at a time.
    private let turn = Mutex(())

    /// Adds a callback and returns the number that ``cancel(_:)`` knows it by.
    ///
    /// `door` is what a view has put before the family.
    func add(_ body: @escaping Callback, through door: FamilyDoor?) -> UInt64 {
        state.withLock { state in
            state.made += 1
            state.callbacks.append((state.made, door, body))
            return state.made
        }
    }

    /// Takes a callback away; a collection that is under way may still run it.
    func cancel(_ number: UInt64) {
        state.withLock { $0.callbacks.removeAll { $0.number == number } }
    }

    /// Runs the callbacks and returns what they reported.
    func run(in storage: FamilyStorage, startTime: UnixTime) -> FamilySnapshot {
        let callbacks = state.withLock { $0.callbacks }
        return turn.withLock { _ in
            var observer = Observer(storage)
            for callback in callbacks {
                observer.door = callback.door
                callback.body(&observer)
            }
            return observer.snapshot(startTime: startTime)
        }
    }
}
