/// What one lane keeps on disk.
package struct SpoolInspection: Sendable, Hashable {
    package let target: String
    package let signal: ExportSignal
    /// Requests that wait, and the points, spans or log records in them.
    package var requests = 0
    package var items = 0
    /// Bytes of the files.
    package var bytes = 0
    /// When the oldest and the newest request were put there, in nanoseconds since the Unix epoch.
    package var oldest: UInt64?
    package var newest: UInt64?
    /// Whether a running process has it open.
    package var isInUse = false
    /// Why it could not be looked into.
    package var problem: String?

    package init(target: String, signal: ExportSignal) {
        self.target = target
        self.signal = signal
    }
}
