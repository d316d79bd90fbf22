import PostmeterMetrics
import PostmeterModel
import Testing

@testable import Postmeter

@Suite struct ProcessMetricsTests {
    private let registry = MetricsRegistry()
    private let metrics: ProcessMetrics
    private static let stat =
        "1 (a) S 1 1 1 0 -1 4194560 2 0 0 0 1234 56 7 8 20 0 9 0 250000 1073741824 2560 0 1 1\n"

    init() {
        let files = SystemFiles.test(
            [
                "/proc/self/stat": Self.stat, "/proc/stat": "btime 1700000000\n",
                "/proc/uptime": "2600.50 0\n", "/proc/self/limits": "Max open files 1024 2048 files\n",
            ], folders: ["/proc/self/fd": 17])
        metrics = ProcessMetrics(
            registry: registry, reader: ProcessReader(files: files, ticksPerSecond: 100, pageSize: 4_096))
    }

    /// Names with their values, each with the attributes of its series.
    private func read(_ audience: Audience) -> [String: [String: Double]] {
        var list: [String: [String: Double]] = [:]
        for family in registry.snapshot(audience: audience).families {
            let values: [Double] =
                switch family.values {
                case .integers(let values): values.map(Double.init)
                case .doubles(let values): values
                default: []
                }
            for (identity, value) in zip(family.identities, values) {
                let attributes = AttributeReader.attributes(in: identity.bytes).map {
                    "\($0.key)=\($0.value)"
                }
                list[family.descriptor.name, default: [:]][attributes.joined(separator: ",")] = value
            }
        }
        return list
    }

    @Test func `scrapes have the names of Prometheus' client libraries`() {
        #expect(
            read(.scrapes) == [
                "process.cpu": ["": 12.9], "process.resident_memory": ["": 10_485_760],
                "process.virtual_memory": ["": 1_073_741_824], "process.open_fds": ["": 17],
                "process.max_fds": ["": 1_024], "process.start_time": ["": 1_700_002_500],
                "process.threads": ["": 9],
            ])
    }

    @Test func `pushes have the names of the semantic conventions`() {
        #expect(
            read(.pushes) == [
                "process.cpu.time": [
                    #"cpu.mode=string("user")"#: 12.34, #"cpu.mode=string("system")"#: 0.56,
                ],
                "process.memory.usage": ["": 10_485_760], "process.memory.virtual": ["": 1_073_741_824],
                "process.unix.file_descriptor.count": ["": 17], "process.thread.count": ["": 9],
                "process.uptime": ["": 100.5],
            ])
    }

    @Test func `a process that cannot see itself has no figures`() {
        let registry = MetricsRegistry()
        _ = ProcessMetrics(registry: registry, files: .test([:]))
        #expect(registry.snapshot(audience: .everyone).families.allSatisfy { $0.identities.isEmpty })
    }

    @Test func `the exposition has exactly the names that dashboards know`() throws {
        let postmeter = try Postmeter(configuration: PostmeterConfiguration())
        let text = postmeter.scrape().text
        let types = text.split(separator: "\n").filter { $0.hasPrefix("# TYPE process_") }
        #expect(
            Set(types) == [
                "# TYPE process_cpu_seconds_total counter", "# TYPE process_resident_memory_bytes gauge",
                "# TYPE process_virtual_memory_bytes gauge", "# TYPE process_open_fds gauge",
                "# TYPE process_max_fds gauge", "# TYPE process_start_time_seconds gauge",
                "# TYPE process_threads gauge",
            ])
        for type in types {
            #expect(Scraped.samples(text, of: String(type.split(separator: " ")[2])).count == 1)
        }
    }
}
