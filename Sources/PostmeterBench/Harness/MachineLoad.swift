internal import CPrimitives
internal import Glibc

/// What the whole machine and our own processes have used of the CPU since this was made.
///
/// The kernel counts the machine's time in ticks of 10 ms, so a share over less than 50 ms is not given.
struct MachineLoad {
    private let start = pm_clock_monotonic()
    private let busy: Double
    private let own: Double
    private let children: [ChildProcess]

    /// Begins to count; `children` count as our own.
    init(children: [ChildProcess] = []) {
        self.children = children
        busy = Self.busySeconds()
        own = Self.ownSeconds(children)
    }

    /// The CPU that others took since, as a share of all processors; time stolen from a virtual machine counts.
    func foreignShare() -> Double? {
        let elapsed = Double(pm_clock_monotonic() - start) / 1e9
        guard elapsed >= 0.05 else { return nil }
        let foreign = Self.busySeconds() - busy - (Self.ownSeconds(children) - own)
        return min(1, max(0, foreign / elapsed / Double(Machine.processors)))
    }

    /// Ticks of `/proc/stat` in which any processor worked: user, nice, system, irq, softirq and steal.
    private static func busySeconds() -> Double {
        let line = ProcFile("/proc/stat").text.prefix { $0 != "\n" }
        let fields = line.split(separator: " ").dropFirst().compactMap { Double($0) }
        guard fields.count >= 8 else { return 0 }
        return (fields[0] + fields[1] + fields[2] + fields[5] + fields[6] + fields[7]) / Machine.ticks
    }

    /// User and system time of this process so far, in seconds.
    static func processSeconds() -> Double {
        var usage = rusage()
        getrusage(RUSAGE_SELF.rawValue, &usage)
        return Double(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec)
            + Double(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6
    }

    private static func ownSeconds(_ children: [ChildProcess]) -> Double {
        children.reduce(processSeconds()) { $0 + $1.processorSeconds }
    }
}

/// The machine that is measured on.
struct Machine {
    /// Processors that may be used.
    static let processors = max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN)))
    /// Clock ticks a second, as `/proc` counts.
    static let ticks = Double(max(1, sysconf(Int32(_SC_CLK_TCK))))

    /// One line on the machine and how busy it is.
    var summary: String {
        let model = ProcFile("/proc/cpuinfo").text.split(separator: "\n").first { $0.hasPrefix("model name") }
        let name = model?.split(separator: ":").last.map { $0.drop { $0 == " " } } ?? "unknown processor"
        let load = ProcFile("/proc/loadavg").text.split(separator: " ").first ?? "?"
        return "\(Self.processors) x \(name), load average \(load)"
    }
}
