internal import Glibc
internal import Synchronization

/// Whether someone asked the program to come to its end: SIGINT (Ctrl-C) or SIGTERM.
///
/// The first signal asks, the second ends the program at once. Thread-safe.
enum Interrupt {
    private static let flag = Atomic<Bool>(false)

    /// Whether a signal came since `listen`.
    static var isAsked: Bool {
        flag.load(ordering: .relaxed)
    }

    /// Takes the signals from now on.
    static func listen() {
        // Makes the flag, since a handler must not be the first to touch it.
        flag.store(false, ordering: .relaxed)
        for number in [SIGINT, SIGTERM] {
            signal(number) { number in
                Interrupt.flag.store(true, ordering: .relaxed)
                signal(number, SIG_DFL)
            }
        }
    }
}
