extension Journal {
    /// Where a journal lives and how much it may take.
    package struct Configuration: Sendable {
        /// The directory; made when it is missing.
        package var directory: String
        /// Bytes of one segment file.
        ///
        /// A record that is longer than a segment gets one of its own length, which counts in whole segments
        /// against `byteLimit`.
        package var segmentBytes = 64 << 20
        /// Bytes of all segment files together, prepared ones included; past it, records are refused.
        package var byteLimit = 4 << 30
        /// Bytes that may wait for the disk; past it, records are refused.
        ///
        /// Bodies that are not copied do not count here.
        package var pendingBytesLimit = 16 << 20
        /// Bytes of bodies that are not copied and may wait for the disk; past it, such records are refused.
        package var heldBytesLimit = 160 << 20
        /// Bytes of the longest payload; less where a segment of it would take more than half of `byteLimit`.
        package var recordBytesLimit = 2 << 20
        /// Released segments are kept up to so many bytes, as long as new records have room.
        package var retainBytes = 1 << 30
        /// Released segments are kept up to this age, in seconds; nil: no limit by age.
        package var retainSeconds: UInt64?
        /// How long to wait between tries when the disk refuses, in nanoseconds.
        package var retryNanoseconds: UInt64 = 500_000_000
        /// No new record gets a lower sequence number.
        ///
        /// Its owner gives the first number that it has not consumed, so that a lost tail never makes an old
        /// number new again.
        package var sequenceFloor: UInt64 = 1
        /// No new record gets an earlier time, in nanoseconds since the Unix epoch.
        package var timeFloor: UInt64 = 0

        package init(directory: String) {
            self.directory = directory
        }

        /// Segments that are made ahead, so that no record waits for one; 0 makes each when it is needed.
        package var preparedSegments = 2
        /// Segments that are kept ready as long as they come from old ones, which costs next to nothing; more
        /// than are made ahead, so that in a steady flow all come from old ones.
        package var reusedSegments = 4

        func validate() throws(JournalError) {
            if directory.isEmpty || directory.utf8.contains(0) {
                throw .configuration("journal directory: must be a path")
            }
            if recordBytesLimit < 1 || recordBytesLimit > 1 << 30 {
                throw .configuration("journal recordBytesLimit: must be 1 byte to 1 GiB")
            }
            if !(2_048...1 << 32).contains(segmentBytes) || segmentBytes % 8 != 0 {
                throw .configuration(
                    "journal segmentBytes: must be a multiple of 8, at least 2,048 and at most 4 GiB"
                )
            }
            if byteLimit < 2 * segmentBytes {
                throw .configuration("journal byteLimit: must be at least twice segmentBytes")
            }
            if pendingBytesLimit < 1 || pendingBytesLimit > 1 << 30 {
                throw .configuration("journal pendingBytesLimit: must be 1 byte to 1 GiB")
            }
            if heldBytesLimit < 1 || heldBytesLimit > 1 << 32 {
                throw .configuration("journal heldBytesLimit: must be 1 byte to 4 GiB")
            }
            if retainBytes < 0 {
                throw .configuration("journal retainBytes: must not be negative")
            }
            if !(0...1_024).contains(preparedSegments) || !(0...1_024).contains(reusedSegments) {
                throw .configuration(
                    "journal preparedSegments and reusedSegments: must be 0 to 1024"
                )
            }
            if sequenceFloor < 1 || sequenceFloor > 1 << 62 {
                throw .configuration("journal sequenceFloor: must be 1 to 2^62")
            }
        }
    }
}
