import Glibc
import Synchronization

/// A thread of its own: tasks would share two.
struct Thread {
    private let id: pthread_t

    init(_ body: @escaping @Sendable () -> Void) {
        var id = pthread_t()
        let box = Unmanaged.passRetained(Box(body))
        pthread_create(
            &id,
            nil,
            { argument in
                guard let argument else { return nil }
                Unmanaged<Box>.fromOpaque(argument).takeRetainedValue().body()
                return nil
            },
            box.toOpaque()
        )
        self.id = id
    }

    func join() {
        pthread_join(id, nil)
    }

    private final class Box: Sendable {
        let body: @Sendable () -> Void

        init(_ body: @escaping @Sendable () -> Void) {
            self.body = body
        }
    }
}

/// A number that threads share.
final class Counter: Sendable {
    private let number: Atomic<Int>

    init(_ value: Int = 0) {
        number = Atomic(value)
    }

    var value: Int { number.load(ordering: .acquiring) }
    func add() { number.add(1, ordering: .acquiringAndReleasing) }
    func subtract() { number.subtract(1, ordering: .acquiringAndReleasing) }
}
