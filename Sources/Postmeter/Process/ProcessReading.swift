/// The figures of a process at one instant.
struct ProcessReading: Sendable, Hashable {
    /// Seconds of processor time spent in the program itself.
    var userSeconds: Double
    /// Seconds of processor time that the kernel spent for it.
    var systemSeconds: Double
    /// Bytes of memory in use, in RAM.
    var residentBytes: Int64
    /// Bytes of address space.
    var virtualBytes: Int64
    /// Threads that run or wait.
    var threads: Int64
    /// Files, sockets and the like that are open; nil when they cannot be counted.
    var openDescriptors: Int64?
    /// The most that may be open; nil when it is not known, or there is no limit.
    var descriptorLimit: Int64?
    /// Seconds since the Unix epoch when the process was started; nil when it is not known.
    var startSeconds: Double?
    /// Seconds since the process was started; nil when it is not known.
    var uptimeSeconds: Double?
}
