import CPrimitives
import Synchronization

/// The head of a pool's memory: what every thread that begins or ends a record works with.
///
/// Free and ended slots are on stacks, `laneCount` of each, so that threads seldom meet on one. Slots that
/// were never used are handed out by a counter: memory is touched only as far as records were ever live or
/// waiting at a time.
///
/// - A stack of free slots has its top in the lower half of a word and a counter of its changes in the
///   upper one, so that a slot that left and came back in between is noticed.
/// - A stack of ended slots has its depth in the upper half. It is only pushed to and taken whole, to which
///   such a slot does no harm.
struct RecordRegion: ~Copyable {
    static let laneCount = 16
    /// The bytes before the lanes.
    static let size = 256
    /// The bytes before the slots.
    static let slotsOffset = size + laneCount * RecordLane.stride

    /// Slots that were handed out at least once.
    let fresh: Atomic<UInt32>
    let capacity: UInt32
    let limits: RecordLimits
    /// Lanes look at the sum of all when their depth passes a multiple of this; a power of two.
    let quantum: UInt32
    /// The address of the clock, or 0 when times are in ticks.
    let clock: UInt
    /// The address of whom to wake when half of the slots wait, or 0.
    let wake: Atomic<UInt>
    private let gap: (UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64) =
        (0, 0, 0, 0, 0, 0, 0, 0)
    /// Records that found no slot.
    let dropped: Atomic<UInt64>
    /// The bytes on the heap that bodies can still borrow.
    let reserve: Atomic<Int>

    init(capacity: UInt32, limits: RecordLimits, clock: UInt) {
        fresh = Atomic(0)
        self.capacity = capacity
        self.limits = limits
        let share = max(1, capacity / UInt32(2 * Self.laneCount))
        quantum = 1 << UInt32(31 - share.leadingZeroBitCount)
        self.clock = clock
        wake = Atomic(0)
        dropped = Atomic(0)
        reserve = Atomic(max(1 << 20, Int(capacity) * RecordSlot.bodyLimit))
    }
}

extension UnsafeMutablePointer<RecordRegion> {
    @inline(__always)
    func lane(_ index: Int) -> UnsafeMutablePointer<RecordLane> {
        let lanes = UnsafeMutableRawPointer(self) + RecordRegion.size
        return (lanes + index * RecordLane.stride).assumingMemoryBound(to: RecordLane.self)
    }

    /// The slot with a number, which is one more than its index.
    @inline(__always)
    func slot(_ number: UInt32) -> RecordSlot {
        let slots = UnsafeMutableRawPointer(self) + RecordRegion.slotsOffset
        let place = slots + Int(number &- 1) &* RecordSlot.stride
        return RecordSlot(header: place.assumingMemoryBound(to: RecordHeader.self))
    }

    /// The lane of the calling thread.
    @inline(__always)
    private var ownLane: Int {
        Int(pm_thread_number()) & (RecordRegion.laneCount - 1)
    }

    /// A slot for a record, or nil when none is free, which is counted.
    @inline(__always)
    func take() -> RecordSlot? {
        if let slot = pop(lane(ownLane)) { return slot }
        return takeElsewhere()
    }

    /// A slot from any lane, else one that was never used, whose memory has yet to be had from the system.
    @inline(never)
    private func takeElsewhere() -> RecordSlot? {
        for index in 0..<RecordRegion.laneCount {
            if let slot = pop(lane(index)) { return slot }
        }
        if pointee.fresh.load(ordering: .relaxed) < pointee.capacity {
            let index = pointee.fresh.add(1, ordering: .relaxed).oldValue
            if index < pointee.capacity {
                let slot = slot(index + 1)
                slot.header.initialize(to: RecordHeader(number: index + 1, region: self))
                return slot
            }
            pointee.fresh.subtract(1, ordering: .relaxed)
        }
        pointee.dropped.add(1, ordering: .relaxed)
        return nil
    }

    @inline(__always)
    private func pop(_ lane: UnsafeMutablePointer<RecordLane>) -> RecordSlot? {
        var head = lane.pointee.free.load(ordering: .acquiring)
        while true {
            let number = UInt32(truncatingIfNeeded: head)
            guard number != 0 else { return nil }
            let slot = slot(number)
            let next = slot.header.pointee.next.load(ordering: .relaxed)
            let desired = ((head >> 32) &+ 1) << 32 | UInt64(next)
            let (exchanged, original) = lane.pointee.free.weakCompareExchange(
                expected: head,
                desired: desired,
                successOrdering: .acquiringAndReleasing,
                failureOrdering: .acquiring
            )
            if exchanged { return slot }
            head = original
        }
    }

    /// Gives back a chain of slots, linked from `top` to `bottom`.
    func giveBack(from top: RecordSlot, to bottom: RecordSlot, lane index: Int) {
        let lane = lane(index)
        var head = lane.pointee.free.load(ordering: .relaxed)
        while true {
            bottom.header.pointee.next.store(UInt32(truncatingIfNeeded: head), ordering: .relaxed)
            let desired = ((head >> 32) &+ 1) << 32 | UInt64(top.header.pointee.number)
            let (exchanged, original) = lane.pointee.free.weakCompareExchange(
                expected: head,
                desired: desired,
                successOrdering: .acquiringAndReleasing,
                failureOrdering: .relaxed
            )
            if exchanged { return }
            head = original
        }
    }

    /// Takes bytes of the reserve; false when there are not so many left.
    func borrow(_ count: Int) -> Bool {
        if pointee.reserve.subtract(count, ordering: .relaxed).newValue >= 0 { return true }
        giveBack(count)
        return false
    }

    /// Gives bytes of the reserve back.
    func giveBack(_ count: Int) {
        pointee.reserve.add(count, ordering: .relaxed)
    }

    /// Hands an ended slot to the drainer.
    ///
    /// After the exchange neither it nor the region is touched: both may be gone.
    @inline(__always)
    func push(_ slot: RecordSlot) {
        let index = ownLane
        let lane = lane(index)
        slot.header.pointee.lane = UInt8(truncatingIfNeeded: index)
        let number = slot.header.pointee.number
        let quantum = pointee.quantum
        var head = lane.pointee.ended.load(ordering: .relaxed)
        while true {
            slot.header.pointee.next.store(UInt32(truncatingIfNeeded: head), ordering: .relaxed)
            let depth = UInt32(truncatingIfNeeded: head >> 32) &+ 1
            let wake = depth & (quantum &- 1) == 0 ? wakeUnderPressure() : nil
            let (exchanged, original) = lane.pointee.ended.weakCompareExchange(
                expected: head,
                desired: UInt64(depth) << 32 | UInt64(number),
                successOrdering: .acquiringAndReleasing,
                failureOrdering: .relaxed
            )
            if exchanged {
                if let wake { wake.call() }
                return
            }
            head = original
        }
    }

    /// Takes all ended slots of a lane: the number of the last to end, 0 for none.
    func takeEnded(lane index: Int) -> UInt32 {
        let lane = lane(index)
        guard lane.pointee.ended.load(ordering: .relaxed) != 0 else { return 0 }
        return UInt32(truncatingIfNeeded: lane.pointee.ended.exchange(0, ordering: .acquiringAndReleasing))
    }

    /// Ended slots on the lanes.
    var waiting: Int {
        (0..<RecordRegion.laneCount).reduce(0) {
            $0 + Int(lane($1).pointee.ended.load(ordering: .relaxed) >> 32)
        }
    }

    /// Whom to wake, when half of the slots wait.
    @inline(never)
    private func wakeUnderPressure() -> RecordClosure<Void>? {
        guard waiting + 1 >= Int(pointee.capacity + 1) / 2 else { return nil }
        return RecordClosure.at(pointee.wake.load(ordering: .acquiring))
    }

    /// Free slots of a lane, counted when nobody takes any.
    func freeCount(lane index: Int) -> Int {
        var count = 0
        var number = UInt32(truncatingIfNeeded: lane(index).pointee.free.load(ordering: .acquiring))
        while number != 0 {
            count += 1
            number = slot(number).header.pointee.next.load(ordering: .relaxed)
        }
        return count
    }
}
