import Glibc
import Synchronization

/// Holds threads up until it is opened.
final class Gate: Sendable {
    private let isOpen = Atomic<Bool>(false)

    func open() {
        isOpen.store(true, ordering: .releasing)
    }

    func wait() {
        while !isOpen.load(ordering: .acquiring) { sched_yield() }
    }
}
