import COTLP
import PostmeterModel

/// The exemplars of the present point, in memory that those of the next one use again.
struct ExemplarMessages: ~Copyable {
    typealias Message = UnsafeMutablePointer<Otlp__Exemplar>

    /// How many there are.
    private(set) var count = 0
    /// The messages that stand for them.
    private(set) var pointers: UnsafeMutablePointer<Message?>

    private let exemplars: [Exemplar]
    private let isInteger: Bool
    /// The first exemplar that may belong to a later series.
    private var next: Int
    private var capacity = 0
    private var messages: Message
    /// Three words each: trace id, span id.
    private var identifiers: UnsafeMutablePointer<UInt64>

    /// The exemplars of a family, for its series from `first` on, in ascending order.
    init(_ family: FamilySnapshot, from first: Int) {
        exemplars = family.exemplars
        isInteger = family.descriptor.number == .integer
        next = Self.place(of: first, in: family.exemplars)
        pointers = .allocate(capacity: 0)
        messages = .allocate(capacity: 0)
        identifiers = .allocate(capacity: 0)
    }

    deinit {
        pointers.deallocate()
        messages.deallocate()
        identifiers.deallocate()
    }

    /// Makes the exemplars of a series the present ones and returns the bytes of their fields.
    @inline(__always)
    mutating func load(_ series: Int) -> Int {
        guard next < exemplars.count else {
            count = 0
            return 0
        }
        return fill(series)
    }

    @inline(never)
    private mutating func fill(_ series: Int) -> Int {
        while next < exemplars.count, exemplars[next].series < series { next += 1 }
        let first = next
        while next < exemplars.count, exemplars[next].series == series { next += 1 }
        count = next - first
        reserve(count)
        var bytes = 0
        for place in 0..<count {
            bytes += WireSize.field(fill(place, with: exemplars[first + place]))
            pointers[place] = messages + place
        }
        return bytes
    }

    /// Writes a message and returns its length.
    private func fill(_ place: Int, with exemplar: Exemplar) -> Int {
        var message = Otlp__Exemplar()
        otlp__exemplar__init(&message)
        message.time_unix_nano = exemplar.time.nanoseconds
        if isInteger, let whole = Int64(exactly: exemplar.value) {
            message.value_case = OTLP__EXEMPLAR__VALUE_AS_INT
            message.as_int = whole
        } else {
            message.value_case = OTLP__EXEMPLAR__VALUE_AS_DOUBLE
            message.as_double = exemplar.value
        }
        var length = WireSize.fixed64(message.time_unix_nano) + WireSize.fixed64
        if exemplar.traceID.isValid {
            let words = identifiers + 3 * place
            words[0] = exemplar.traceID.high.bigEndian
            words[1] = exemplar.traceID.low.bigEndian
            words[2] = exemplar.spanID.value.bigEndian
            let start = UnsafeMutableRawPointer(words).assumingMemoryBound(to: UInt8.self)
            message.trace_id = ProtobufCBinaryData(len: 16, data: start)
            length += WireSize.field(16)
            if exemplar.spanID.isValid {
                message.span_id = ProtobufCBinaryData(len: 8, data: start + 16)
                length += WireSize.field(8)
            }
        }
        (messages + place).initialize(to: message)
        return length
    }

    private mutating func reserve(_ count: Int) {
        guard count > capacity else { return }
        pointers.deallocate()
        messages.deallocate()
        identifiers.deallocate()
        capacity = count
        pointers = .allocate(capacity: count)
        messages = .allocate(capacity: count)
        identifiers = .allocate(capacity: 3 * count)
    }

    /// The place of the first exemplar of a series that is not before `series`.
    private static func place(of series: Int, in exemplars: [Exemplar]) -> Int {
        var low = 0
        var high = exemplars.count
        while low < high {
            let middle = low + (high - low) / 2
            if exemplars[middle].series < series { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
