import Testing

@testable import PostmeterJournal

@Suite struct PendingGroupTests {
    @Test func `memory that is given back ends with the last whole page of the buffer`() {
        let configuration = Journal.Configuration(directory: "unused")
        let group = PendingGroup(configuration)
        let capacity = configuration.pendingBytesCapacity + Frame.markBytes
        // The rest of the buffer shares its page with memory of others.
        let rest = capacity / 4_096 * 4_096
        #expect(rest < capacity)
        let (inside, shared) = (group.bytes + rest - 1, group.bytes + rest)
        inside.storeBytes(of: 7, as: UInt8.self)
        shared.storeBytes(of: 7, as: UInt8.self)
        group.add(kind: 1, length: 2 << 20, time: 1, onDurable: { _ in }, fill: { _ in })
        for _ in 0...PendingGroup.patience { group.removeAll() }
        #expect(inside.load(as: UInt8.self) == 0)
        #expect(shared.load(as: UInt8.self) == 7)
    }
}
