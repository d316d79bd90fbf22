internal import Glibc
internal import NIOConcurrencyHelpers

/// A thread that runs one closure and can be waited for.
final class JoinableThread: Sendable {
    private let thread: NIOLockedValueBox<pthread_t?>

    /// Starts a thread; nil when the system has none to give.
    ///
    /// - Parameters:
    ///   - name: What tools show, 15 bytes at most.
    ///   - body: What it runs.
    init?(name: String, _ body: @escaping @Sendable () -> Void) {
        let start = Unmanaged.passRetained(Start(name: name, body: body))
        var thread = pthread_t()
        let result = pthread_create(&thread, nil, { JoinableThread.run($0) }, start.toOpaque())
        guard result == 0 else {
            start.release()
            return nil
        }
        self.thread = NIOLockedValueBox(thread)
    }

    deinit {
        // Nobody can wait for it any more, so the system may clear up behind it.
        if let thread = thread.withLockedValue(\.self) {
            pthread_detach(thread)
        }
    }

    private static func run(_ argument: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
        guard let argument else {
            return nil
        }
        let start = Unmanaged<Start>.fromOpaque(argument).takeRetainedValue()
        setName(start.name)
        // OpenSSL writes to sockets without MSG_NOSIGNAL, and a peer that is gone must not end the process.
        var signals = sigset_t()
        sigemptyset(&signals)
        sigaddset(&signals, SIGPIPE)
        pthread_sigmask(SIG_BLOCK, &signals, nil)
        start.body()
        return nil
    }

    /// Names the calling thread for tools; that it may fail matters to nobody.
    private static func setName(_ name: String) {
        let file = open("/proc/thread-self/comm", O_WRONLY | O_CLOEXEC)
        guard file >= 0 else {
            return
        }
        _ = name.utf8.withContiguousStorageIfAvailable { write(file, $0.baseAddress, $0.count) }
        close(file)
    }

    /// Waits until the thread has ended; at once when it was waited for before or is the calling one.
    func join() {
        let taken = thread.withLockedValue { thread in
            defer { thread = nil }
            return thread
        }
        guard let taken else {
            return
        }
        if pthread_equal(taken, pthread_self()) != 0 {
            pthread_detach(taken)
        } else {
            pthread_join(taken, nil)
        }
    }

    /// What a new thread is told.
    private final class Start: Sendable {
        let name: String
        let body: @Sendable () -> Void

        init(name: String, body: @escaping @Sendable () -> Void) {
            self.name = name
            self.body = body
        }
    }
}
