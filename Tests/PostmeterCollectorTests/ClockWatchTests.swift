import PostmeterModel
import Synchronization
import Testing

@testable import PostmeterCollector

@Suite struct ClockWatchTests {
    /// Two clocks that a test sets, in nanoseconds.
    private final class Clocks: Sendable {
        let wall = Mutex<UInt64>(1_800_000_000_000_000_000)
        let monotonic = Mutex<UInt64>(5_000_000_000)

        func pass(seconds: UInt64) {
            wall.withLock { $0 += seconds * 1_000_000_000 }
            monotonic.withLock { $0 += seconds * 1_000_000_000 }
        }

        func watch() -> ClockWatch {
            ClockWatch(
                wall: { UnixTime(nanoseconds: self.wall.withLock { $0 }) },
                monotonic: { self.monotonic.withLock { $0 } })
        }
    }

    @Test func `time that passes is no jump, nor is a correction of seconds`() {
        let clocks = Clocks()
        let watch = clocks.watch()
        clocks.pass(seconds: 86_400)
        #expect(watch.jump == 0)
        clocks.wall.withLock { $0 += 59_000_000_000 }
        #expect(watch.jump == 0)
    }

    @Test(arguments: [3_600, -3_600] as [Int64])
    func `a jump of an hour is seen until the clock is right again`(seconds: Int64) {
        let clocks = Clocks()
        let watch = clocks.watch()
        let jump = seconds * 1_000_000_000
        clocks.wall.withLock { $0 = UInt64(Int64($0) + jump) }
        clocks.pass(seconds: 10)
        #expect(watch.jump == jump)
        clocks.wall.withLock { $0 = UInt64(Int64($0) - jump) }
        #expect(watch.jump == 0)
    }

    @Test func `a signature that fits the clock proves it right, once a jump was seen`() {
        let clocks = Clocks()
        let watch = clocks.watch()
        clocks.wall.withLock { $0 += 3_600_000_000_000 }
        #expect(watch.jump == 3_600_000_000_000)
        watch.confirm()
        #expect(watch.jump == 0)
        clocks.wall.withLock { $0 -= 3_600_000_000_000 }
        #expect(watch.jump == -3_600_000_000_000)
    }
}
