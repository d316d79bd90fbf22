public import PostmeterModel

/// A handle that records into one series.
///
/// Handles are small values without references: they may be copied, kept and used on any thread, and they
/// stay usable for as long as the process runs. Recording never waits, allocates or fails.
/// Conform to it to wrap an instrument of this module in one with more meaning.
public protocol Instrument: Sendable {
    /// The kind of family that hands out this handle.
    static var kind: InstrumentKind { get }
    /// The numbers that such a family keeps.
    static var number: InstrumentDescriptor.Number { get }
    /// Creates the handle of a series.
    init(_ series: SeriesReference)
}
