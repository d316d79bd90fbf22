import Glibc

/// Reads the figures of this process.
///
/// Source: proc(5), the files `/proc/self/stat`, `/proc/self/limits`, `/proc/stat` and `/proc/uptime`.
struct ProcessReader: Sendable {
    /// The folder with an entry for each open descriptor.
    static let descriptors = "/proc/self/fd"

    private let files: SystemFiles
    private let ticksPerSecond: Double
    private let pageSize: Int64
    /// When the machine was started, in seconds since the Unix epoch.
    private let bootSeconds: Double?

    /// Creates a reader.
    ///
    /// - Parameters:
    ///   - files: Where the figures stand.
    ///   - ticksPerSecond: The unit of processor times.
    ///   - pageSize: The unit of memory in RAM, in bytes.
    init(
        files: SystemFiles = .system, ticksPerSecond: Int = sysconf(Int32(_SC_CLK_TCK)),
        pageSize: Int = sysconf(Int32(_SC_PAGESIZE))
    ) {
        self.files = files
        self.ticksPerSecond = Double(max(1, ticksPerSecond))
        self.pageSize = Int64(pageSize)
        bootSeconds = files.text("/proc/stat")?.split(separator: "\n")
            .first { $0.hasPrefix("btime ") }
            .flatMap { Double($0.dropFirst(6)) }
    }

    /// The figures now; nil when the process cannot see its own.
    func read() -> ProcessReading? {
        guard let stat = files.text("/proc/self/stat"), let end = stat.lastIndex(of: ")") else { return nil }
        // The name of the program stands in parentheses before and may itself hold blanks and parentheses. The
        // field behind it is the third in the manual's count.
        let fields = stat[stat.index(after: end)...].split(separator: " ")
        func field(_ number: Int) -> Int64? {
            number - 3 < fields.count ? Int64(fields[number - 3].prefix { $0.isNumber }) : nil
        }
        guard let user = field(14), let system = field(15), let threads = field(20), let start = field(22),
            let virtualBytes = field(23), let residentPages = field(24)
        else { return nil }
        let startedAfterBoot = Double(start) / ticksPerSecond
        return ProcessReading(
            userSeconds: Double(user) / ticksPerSecond, systemSeconds: Double(system) / ticksPerSecond,
            residentBytes: residentPages &* pageSize, virtualBytes: virtualBytes, threads: threads,
            openDescriptors: files.entries(Self.descriptors).map(Int64.init),
            descriptorLimit: descriptorLimit,
            startSeconds: bootSeconds.map { $0 + startedAfterBoot },
            uptimeSeconds: secondsSinceBoot.map { max(0, $0 - startedAfterBoot) })
    }

    private var secondsSinceBoot: Double? {
        files.text("/proc/uptime")?.split(separator: " ").first.flatMap { Double($0) }
    }

    /// The line is `Max open files  <soft limit>  <hard limit>  files`.
    private var descriptorLimit: Int64? {
        let name = "Max open files"
        let line = files.text("/proc/self/limits")?.split(separator: "\n").first { $0.hasPrefix(name) }
        return line?.dropFirst(name.count).split(separator: " ").first.flatMap { Int64($0) }
    }
}
