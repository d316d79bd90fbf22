/// Webhooks that wait for their time: a binary heap, the earliest first, in the order of numbers for equal times.
struct PlanQueue: Sendable {
    private var heap: [PlannedWebhook] = []

    /// The webhook that is due first.
    var first: PlannedWebhook? {
        heap.first
    }

    var count: Int {
        heap.count
    }

    /// Puts a webhook in; O(log count).
    mutating func push(_ webhook: PlannedWebhook) {
        heap.append(webhook)
        var child = heap.count - 1
        while child > 0 {
            let parent = (child - 1) / 2
            guard Self.isEarlier(heap[child], than: heap[parent]) else { break }
            heap.swapAt(child, parent)
            child = parent
        }
    }

    /// Takes the first out when it is due by `time`; O(log count).
    mutating func popFirst(dueBy time: Int64) -> PlannedWebhook? {
        guard let first = heap.first, first.sentAt <= time else { return nil }
        heap[0] = heap[heap.count - 1]
        heap.removeLast()
        var parent = 0
        while 2 * parent + 1 < heap.count {
            var child = 2 * parent + 1
            if child + 1 < heap.count, Self.isEarlier(heap[child + 1], than: heap[child]) { child += 1 }
            guard Self.isEarlier(heap[child], than: heap[parent]) else { break }
            heap.swapAt(child, parent)
            parent = child
        }
        return first
    }

    private static func isEarlier(_ left: PlannedWebhook, than right: PlannedWebhook) -> Bool {
        (left.sentAt, left.number) < (right.sentAt, right.number)
    }
}
