/// An instant on the wall clock, in nanoseconds since 1970-01-01T00:00:00Z.
///
/// OTLP carries instants as `fixed64` nanoseconds, so this is the form that every room keeps them in.
/// The range ends in the year 2554.
public struct UnixTime: Sendable, Hashable, Comparable {
    /// Nanoseconds since the Unix epoch.
    public var nanoseconds: UInt64

    /// Creates an instant from nanoseconds since the Unix epoch.
    @inlinable
    public init(nanoseconds: UInt64) {
        self.nanoseconds = nanoseconds
    }

    /// Creates an instant from whole seconds since the Unix epoch.
    @inlinable
    public init(seconds: UInt64) {
        nanoseconds = seconds &* 1_000_000_000
    }

    /// The instant as seconds since the Unix epoch, to about 0.2 microseconds.
    @inlinable
    public var seconds: Double {
        Double(nanoseconds) / 1e9
    }

    /// The seconds from `earlier` to this instant; negative when `earlier` is the later one.
    @inlinable
    public func seconds(since earlier: UnixTime) -> Double {
        nanoseconds >= earlier.nanoseconds
            ? Double(nanoseconds - earlier.nanoseconds) / 1e9
            : -Double(earlier.nanoseconds - nanoseconds) / 1e9
    }

    /// Whether the left instant is the earlier one.
    @inlinable
    public static func < (left: UnixTime, right: UnixTime) -> Bool {
        left.nanoseconds < right.nanoseconds
    }
}
