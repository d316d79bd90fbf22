public import CPrimitives

/// The place of one series in its family, which instruments make themselves from.
@frozen
public struct SeriesReference: @unchecked Sendable {
    // Safe because both point to memory that is written before it is published and never after, and a handle
    // takes what it needs out of them at once.
    @usableFromInline let series: UnsafePointer<UInt8>
    @usableFromInline let family: UnsafePointer<pm_family>

    @inlinable
    init(series: UnsafePointer<UInt8>, family: UnsafePointer<pm_family>) {
        self.series = series
        self.family = family
    }

    /// The first of the series' cells, with `PM_CELL_SPECIAL` when more than the cells is recorded into.
    @inlinable var cell: UInt32 { pm_series_cell(series) }

    /// The cell that counts measurements that the instrument had to refuse.
    @inlinable var refused: UInt32 { family.pointee.refused }
}
