import COTLP
import PostmeterModel

/// The data points of a family, one at a time in the form of protobuf-c, in memory that the next one uses again.
protocol PointMessages: ~Copyable {
    /// The message of the present point.
    var message: UnsafeRawPointer { get }

    /// Makes a point the present one and returns the length of its message; points are asked for in
    /// ascending order.
    mutating func load(_ index: Int) -> Int
}

extension PointMessages where Self: ~Copyable {
    /// How many of the points go into `budget` bytes, and the bytes of their fields.
    ///
    /// - Parameter takesOne: Whether the first one is taken even when it does not.
    @inline(__always)
    mutating func measure(_ points: Range<Int>, within budget: Int, takesOne: Bool) -> (
        count: Int, bytes: Int
    ) {
        var bytes = 0
        for point in points {
            let field = WireSize.field(load(point))
            guard bytes + field <= budget || takesOne && point == points.lowerBound else {
                return (point - points.lowerBound, bytes)
            }
            bytes += field
        }
        return (points.count, bytes)
    }

    /// Writes points as field 1, which they are in every kind of data.
    @inline(__always)
    mutating func write(_ points: Range<Int>, to place: inout WirePlace) {
        for point in points {
            place.open(0x0a, length: load(point))
            place.pack(message)
        }
    }
}
