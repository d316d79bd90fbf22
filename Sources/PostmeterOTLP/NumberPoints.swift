import COTLP
import PostmeterModel

/// The points of a sum or gauge.
struct NumberPoints<Value: PointValue>: PointMessages, ~Copyable {
    private let values: [Value]
    private let identities: [SeriesIdentity]
    private let startTime: UInt64
    private let startTimes: [UnixTime]
    private let identity = IdentityField()
    private var exemplars: ExemplarMessages
    private let point: UnsafeMutablePointer<Otlp__NumberDataPoint>

    init(_ values: [Value], of family: FamilySnapshot, at time: UnixTime, from first: Int) {
        self.values = values
        identities = family.identities
        // The last value of a gauge has no beginning.
        let hasStart = family.descriptor.kind != .gauge
        startTime = hasStart ? family.startTime.nanoseconds : 0
        startTimes = hasStart ? family.startTimes : []
        exemplars = ExemplarMessages(family, from: first)
        point = .allocate(capacity: 1)
        otlp__number_data_point__init(point)
        point.pointee.time_unix_nano = time.nanoseconds
        point.pointee.value_case = Value.place
        point.pointee.base.unknown_fields = identity.field
    }

    deinit {
        point.deallocate()
    }

    var message: UnsafeRawPointer { UnsafeRawPointer(point) }

    @inline(__always)
    mutating func load(_ index: Int) -> Int {
        let start = index < startTimes.count ? startTimes[index].nanoseconds : startTime
        point.pointee.start_time_unix_nano = start
        values[index].write(to: &point.pointee)
        point.pointee.base.n_unknown_fields = identity.load(identities[index])
        let exemplarBytes = exemplars.load(index)
        point.pointee.n_exemplars = exemplars.count
        point.pointee.exemplars = exemplars.pointers
        return WireSize.fixed64(start) + WireSize.fixed64(point.pointee.time_unix_nano) + WireSize.fixed64
            + identities[index].count + exemplarBytes
    }
}

/// What the value of a number point can be.
protocol PointValue {
    /// The field that it goes to.
    static var place: Otlp__NumberDataPoint__ValueCase { get }

    /// Puts it there.
    func write(to point: inout Otlp__NumberDataPoint)
}

extension Int64: PointValue {
    static var place: Otlp__NumberDataPoint__ValueCase { OTLP__NUMBER_DATA_POINT__VALUE_AS_INT }

    @inline(__always)
    func write(to point: inout Otlp__NumberDataPoint) {
        point.as_int = self
    }
}

extension Double: PointValue {
    static var place: Otlp__NumberDataPoint__ValueCase { OTLP__NUMBER_DATA_POINT__VALUE_AS_DOUBLE }

    @inline(__always)
    func write(to point: inout Otlp__NumberDataPoint) {
        point.as_double = self
    }
}
