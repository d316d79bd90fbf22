internal import PostmeterModel
internal import Synchronization

/// Sees whether the wall clock jumped, against a clock that cannot.
///
/// Signatures carry the time they were made at. When the machine's clock jumps by an hour, each of them looks
/// stale, and a platform that is told so would give its events up; so they are put off instead until the clock
/// is right again, or has been proved right by a signature that fits it. Safe on any thread.
final class ClockWatch: Sendable {
    /// A jump of less is no reason for a signature to look stale.
    static let least: Int64 = 60_000_000_000

    private let wall: @Sendable () -> UnixTime
    private let monotonic: @Sendable () -> UInt64
    /// Nanoseconds that the wall clock was ahead of the monotonic one when both were last known to be right.
    private let offset: Atomic<Int64>
    /// Whether a jump was seen and not yet resolved.
    private let isSeen = Atomic(false)

    init(wall: @escaping @Sendable () -> UnixTime, monotonic: @escaping @Sendable () -> UInt64) {
        self.wall = wall
        self.monotonic = monotonic
        offset = Atomic(Self.distance(wall(), monotonic()))
    }

    /// How far the wall clock jumped, in nanoseconds: forward above 0; 0 when it did not.
    var jump: Int64 {
        let jump = Self.distance(wall(), monotonic()) &- offset.load(ordering: .relaxed)
        guard jump.magnitude >= Self.least.magnitude else { return 0 }
        isSeen.store(true, ordering: .relaxed)
        return jump
    }

    /// Says that a timed signature fitted the wall clock, which is therefore right.
    func confirm() {
        guard isSeen.load(ordering: .relaxed) else { return }
        isSeen.store(false, ordering: .relaxed)
        offset.store(Self.distance(wall(), monotonic()), ordering: .relaxed)
    }

    private static func distance(_ wall: UnixTime, _ monotonic: UInt64) -> Int64 {
        Int64(bitPattern: wall.nanoseconds &- monotonic)
    }
}
