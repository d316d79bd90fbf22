/// Finished spans or log records of one scope, each as the bytes of its OTLP message, in one buffer.
package struct EncodedRecords: Sendable {
    /// The bodies, one after the other.
    package private(set) var bytes: [UInt8] = []
    /// Where each body ends.
    package private(set) var ends: [Int] = []

    package init() {}

    /// The number of records.
    package var count: Int { ends.count }
    package var isEmpty: Bool { ends.isEmpty }

    /// Appends a body that `write` adds to the buffer.
    package mutating func append(_ write: (inout [UInt8]) -> Void) {
        write(&bytes)
        ends.append(bytes.count)
    }

    /// Appends a body.
    package mutating func append(body: UnsafeRawBufferPointer) {
        bytes.append(contentsOf: body)
        ends.append(bytes.count)
    }

    /// The place of a body in `bytes`.
    package func range(of index: Int) -> Range<Int> {
        (index == 0 ? 0 : ends[index - 1])..<ends[index]
    }

    /// Forgets the records and keeps the memory.
    package mutating func removeAll() {
        bytes.removeAll(keepingCapacity: true)
        ends.removeAll(keepingCapacity: true)
    }
}
