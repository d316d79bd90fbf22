import CPrimitives
import Glibc
import PostmeterModel
import Synchronization

/// The memory of a recorder's spans or log records, and the way out of it.
///
/// Beginning and ending a record takes no lock and allocates nothing. Draining is for one thread at a time.
final class RecordPool: @unchecked Sendable {
    // Safe because `region` never changes, what is in it is reached by atomics or by the one owner of a
    // slot, and the drainer's state is behind a mutex.
    let region: UnsafeMutablePointer<RecordRegion>
    private let byteCount: Int
    private let drainer: Mutex<Drainer>
    /// The injected clock; nil when times are in ticks.
    let clock: RecordClosure<UnixTime>?
    private let wakes = Mutex<[RecordClosure<Void>]>([])

    private struct Drainer {
        var clock = SpanClock()
        /// Slots taken from the lanes and not yet encoded, the oldest first, from `position` on.
        var queue: [UInt32] = []
        var position = 0
        var drained: UInt64 = 0
        /// For each lane the ends of the chain of slots that go back to it, by number; 0 for none.
        var chains = [(top: UInt32, bottom: UInt32)](repeating: (0, 0), count: RecordRegion.laneCount)
    }

    /// Maps memory for `capacity` records, 1 to 1,048,576; nil when there is no address space for it.
    ///
    /// Without a clock, times are read in ticks.
    init?(capacity: Int, limits: SpanLimits, now: (@Sendable () -> UnixTime)?) {
        let capacity = min(max(capacity, 1), 1 << 20)
        byteCount = RecordRegion.slotsOffset + capacity * RecordSlot.stride
        let flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE
        guard let memory = mmap(nil, byteCount, PROT_READ | PROT_WRITE, flags, -1, 0), memory != MAP_FAILED
        else { return nil }
        region = memory.bindMemory(to: RecordRegion.self, capacity: 1)
        clock = now.map { RecordClosure($0) }
        region.initialize(
            to: RecordRegion(
                capacity: UInt32(capacity), limits: RecordLimits(limits), clock: clock?.address ?? 0))
        for index in 0..<RecordRegion.laneCount {
            region.lane(index).initialize(to: RecordLane())
        }
        drainer = Mutex(Drainer())
    }

    /// Returns the memory, unless a span still lives in it: then it is left to that span for good.
    deinit {
        _ = drain(limit: .max) { _, _ in }
        var idle = 0
        for index in 0..<RecordRegion.laneCount {
            idle += region.freeCount(lane: index)
        }
        if idle == Int(region.pointee.fresh.load(ordering: .acquiring)) {
            munmap(region, byteCount)
        } else {
            wakes.withLock { $0.forEach { _ = Unmanaged.passRetained($0) } }
            if let clock { _ = Unmanaged.passRetained(clock) }
        }
    }

    /// Sets whom to wake when half of the slots wait.
    func onPressure(_ wake: @escaping @Sendable () -> Void) {
        let box = RecordClosure(wake)
        // Earlier ones are kept: a thread may have read their address and not yet called them.
        wakes.withLock { $0.append(box) }
        region.pointee.wake.store(box.address, ordering: .releasing)
    }

    /// Hands up to `limit` ended records to `take` and frees their slots; returns how many.
    func drain(limit: Int, _ take: (RecordSlot, SpanClock) -> Void) -> Int {
        drainer.withLock { drainer in
            collect(&drainer)
            let count = min(limit, drainer.queue.count - drainer.position)
            guard count > 0 else { return 0 }
            drainer.clock.adjust()
            for number in drainer.queue[drainer.position..<(drainer.position + count)] {
                let slot = region.slot(number)
                take(slot, drainer.clock)
                slot.shrink()
                chain(slot, to: &drainer.chains[Int(slot.header.pointee.lane)])
            }
            giveBack(&drainer.chains)
            drainer.position += count
            drainer.drained &+= UInt64(count)
            if drainer.position * 2 >= drainer.queue.count {
                drainer.queue.removeFirst(drainer.position)
                drainer.position = 0
            }
            return count
        }
    }

    var statistics: TracerStatistics {
        drainer.withLock { drainer in
            let waiting = region.waiting + drainer.queue.count - drainer.position
            return TracerStatistics(
                ended: drainer.drained &+ UInt64(waiting),
                dropped: region.pointee.dropped.load(ordering: .relaxed),
                waiting: waiting,
                capacity: Int(region.pointee.capacity)
            )
        }
    }

    /// Moves what the lanes hold to the queue; within a lane in the order in which the spans ended.
    private func collect(_ drainer: inout Drainer) {
        for index in 0..<RecordRegion.laneCount {
            var number = region.takeEnded(lane: index)
            let first = drainer.queue.count
            while number != 0 {
                drainer.queue.append(number)
                number = region.slot(number).header.pointee.next.load(ordering: .relaxed)
            }
            drainer.queue[first...].reverse()
        }
    }

    /// Puts a slot on top of a chain.
    private func chain(_ slot: RecordSlot, to chain: inout (top: UInt32, bottom: UInt32)) {
        let number = slot.header.pointee.number
        slot.header.pointee.next.store(chain.top, ordering: .relaxed)
        chain.top = number
        if chain.bottom == 0 { chain.bottom = number }
    }

    /// Gives every chain back at once, to the lane that its spans ended on.
    private func giveBack(_ chains: inout [(top: UInt32, bottom: UInt32)]) {
        for index in chains.indices where chains[index].top != 0 {
            let (top, bottom) = chains[index]
            region.giveBack(from: region.slot(top), to: region.slot(bottom), lane: index)
            chains[index] = (0, 0)
        }
    }
}
