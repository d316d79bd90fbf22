internal import CPrimitives
internal import Glibc
internal import PostmeterTransport
internal import Synchronization

/// The service manager that started this process, as systemd's `sd_notify` talks to it: a datagram a message.
///
/// Thread-safe. Nothing fails when nobody listens. Source: sd_notify(3), sd_watchdog_enabled(3).
package struct ServiceManager: Sendable {
    /// The socket's path; one in the abstract name space begins with `@`.
    let path: String
    /// How often it wants to hear of us, in microseconds; nil: never.
    let watchdog: UInt64?

    /// The manager that the environment names; nil when there is none.
    ///
    /// - Parameters:
    ///   - environment: Has `NOTIFY_SOCKET`, and `WATCHDOG_USEC` and `WATCHDOG_PID` for a watchdog.
    ///   - process: The id of this process: a watchdog for another is none of ours.
    package init?(environment: [String: String], process: Int32 = getpid()) {
        guard let path = environment["NOTIFY_SOCKET"], path.hasPrefix("/") || path.hasPrefix("@"),
            path.utf8.count > 1, path.utf8.count < Self.pathBytes
        else { return nil }
        self.path = path
        let isOurs = environment["WATCHDOG_PID"].map { $0 == String(process) } ?? true
        watchdog =
            isOurs ? environment["WATCHDOG_USEC"].flatMap(UInt64.init).flatMap { $0 > 0 ? $0 : nil } : nil
    }

    /// Sends variables, one a line, such as `READY=1`: whether they went out.
    @discardableResult
    package func tell(_ text: String) -> Bool {
        let file = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard file >= 0 else { return false }
        defer { close(file) }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        var name = Array(path.utf8)
        // An abstract name begins with a zero byte, and no zero byte ends it.
        if name.first == UInt8(ascii: "@") { name[0] = 0 }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: name) }
        let length = socklen_t(MemoryLayout<sa_family_t>.size + name.count)
        let bytes = Array(text.utf8)
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { target in
                // A manager that does not read must not hold us.
                sendto(
                    file, bytes, bytes.count, Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT), target,
                    length)
                    == bytes.count
            }
        }
    }

    /// Tells the watchdog twice in its time that we live, for as long as that is so; returns when the task ends.
    func keepAlive(while isAlive: @Sendable () -> Bool) async {
        guard let watchdog else { return }
        while !Task.isCancelled {
            if isAlive() { tell("WATCHDOG=1") }
            try? await Task.sleep(for: .microseconds(Int64(clamping: watchdog / 2)))
        }
    }

    private static let pathBytes = MemoryLayout.size(ofValue: sockaddr_un().sun_path)
}

extension RunningCollector {
    /// How long the fold may be away, for a checkpoint on a slow disk, before it counts as stuck; in nanoseconds.
    private static let longestAbsence: UInt64 = 30_000_000_000

    /// Whether the fold goes round.
    var isAlive: Bool {
        let beat = fold.beat.load(ordering: .relaxed)
        let now = pm_clock_monotonic()
        return beat == 0 || now - min(beat, now) < Self.longestAbsence
    }

    /// One line for the service manager.
    var status: String {
        "webhooks on \(listeners.ingest.address), metrics on \(listeners.scrape.address)"
    }
}
