/// How much of what a receiver does not take is kept on disk for it, and how long.
package struct SpoolLimits: Sendable, Hashable {
    /// Bytes of all files of a target; its signals have equal parts.
    package var byteLimit: Int
    /// The age that a record may reach; older ones are dropped and counted.
    package var ageLimit: Duration

    package init(byteLimit: Int = 1 << 30, ageLimit: Duration = .seconds(7 * 86_400)) {
        self.byteLimit = byteLimit
        self.ageLimit = ageLimit
    }

    /// The limits of one of `signals` signals, whose request bodies have up to `bodyLimit` bytes.
    ///
    /// A small spool makes smaller requests rather than to go beyond its limit: four of the largest fit.
    func lane(of signals: Int, bodyLimit: Int) -> Lane {
        let bytes = max(Lane.leastBytes, byteLimit / max(1, signals))
        let body = min(bodyLimit, bytes / 4 - Lane.envelopeBytes)
        return Lane(byteLimit: bytes, ageLimit: ageLimit.clampedNanoseconds, bodyLimit: body)
    }

    /// The limits of one signal.
    struct Lane: Sendable, Hashable {
        /// Less than this holds nothing useful.
        static let leastBytes = 1 << 20
        /// What a request may have beyond its limit, its own header and those of the journal.
        static let envelopeBytes = 192 << 10
        private static let usualSegmentBytes = 8 << 20

        /// Bytes of all files of the signal.
        let byteLimit: Int
        /// Nanoseconds.
        let ageLimit: UInt64
        /// Bytes of a request, before compression; a single larger point or record goes a little beyond it.
        let bodyLimit: Int

        /// Bytes of the longest record.
        var recordBytes: Int { bodyLimit + Self.envelopeBytes * 3 / 4 }

        /// Bytes of a segment: one record at least, and a quarter of the whole at most.
        var segmentBytes: Int {
            let bytes = max(bodyLimit + Self.envelopeBytes, min(Self.usualSegmentBytes, byteLimit / 4))
            return bytes / 4_096 * 4_096
        }
    }
}
