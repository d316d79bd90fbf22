import Glibc

/// A thread of the journal's own, since its work blocks on the disk.
///
/// It takes no signals, so that a program's handlers never run on it.
package struct JournalThread: Sendable {
    private let thread: pthread_t

    /// Starts a thread that runs `body`; nil when the system gives none.
    package init?(_ body: @escaping @Sendable () -> Void) {
        let box = Unmanaged.passRetained(Box(body))
        var all = sigset_t()
        var before = sigset_t()
        sigfillset(&all)
        pthread_sigmask(SIG_SETMASK, &all, &before)
        defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
        var thread = pthread_t()
        let result = pthread_create(
            &thread,
            nil,
            { argument in
                if let argument { Unmanaged<Box>.fromOpaque(argument).takeRetainedValue().body() }
                return nil
            },
            box.toOpaque()
        )
        guard result == 0 else {
            box.release()
            return nil
        }
        self.thread = thread
    }

    /// Waits until the thread has ended; the thread itself, which cannot wait for its own end, is let go of.
    ///
    /// Called once.
    package func join() {
        if pthread_equal(thread, pthread_self()) != 0 {
            pthread_detach(thread)
        } else {
            pthread_join(thread, nil)
        }
    }

    /// Lets the thread end by itself, with nobody to wait for it; in place of ``join()``.
    package func detach() {
        pthread_detach(thread)
    }

    private final class Box: Sendable {
        let body: @Sendable () -> Void

        init(_ body: @escaping @Sendable () -> Void) {
            self.body = body
        }
    }
}
