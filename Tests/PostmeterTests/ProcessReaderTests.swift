import Testing

@testable import Postmeter

@Suite struct ProcessReaderTests {
    // The name of the program holds what separates fields.
    private let stat =
        "4711 (a) b (c) S 1 4711 4711 0 -1 4194560 2 0 0 0 1234 56 7 8 20 0 9 0 250000 1073741824 2560 "
        + "18446744073709551615 1 1 0 0 0 0 0 4096 0 0 0 0 17 1 0 0 0 0 0 0 0 0 0 0 0 0 0\n"
    private let limits = """
        Limit                     Soft Limit           Hard Limit           Units
        Max cpu time              unlimited            unlimited            seconds
        Max open files            1024                 524288               files
        """

    private func reader(_ contents: [String: String], folders: [String: Int] = ["/proc/self/fd": 17])
        -> ProcessReader
    {
        ProcessReader(files: .test(contents, folders: folders), ticksPerSecond: 100, pageSize: 4_096)
    }

    @Test func `every figure is read from its place`() {
        let reading = reader([
            "/proc/self/stat": stat, "/proc/self/limits": limits, "/proc/stat": "cpu 1 2\nbtime 1700000000\n",
            "/proc/uptime": "2600.50 5000.00\n",
        ]).read()
        #expect(
            reading
                == ProcessReading(
                    userSeconds: 12.34, systemSeconds: 0.56, residentBytes: 10_485_760,
                    virtualBytes: 1_073_741_824, threads: 9, openDescriptors: 17, descriptorLimit: 1_024,
                    startSeconds: 1_700_002_500, uptimeSeconds: 100.5))
    }

    @Test func `what cannot be read is missing and keeps nothing else back`() {
        let reading = reader(["/proc/self/stat": stat], folders: [:]).read()
        #expect(reading?.threads == 9)
        #expect(reading?.openDescriptors == nil)
        #expect(reading?.descriptorLimit == nil)
        #expect(reading?.startSeconds == nil)
        #expect(reading?.uptimeSeconds == nil)
    }

    @Test func `no limit is no figure`() {
        let unlimited = limits.replacing("1024 ", with: "unlimited ")
        #expect(
            reader(["/proc/self/stat": stat, "/proc/self/limits": unlimited]).read()?.descriptorLimit == nil)
    }

    @Test(arguments: [
        "", "4711 (a", "4711 (a) S 1 2", "4711 (a) S x x x x x x x x x x x x x x x x x x x x x x",
    ])
    func `a damaged file gives no reading`(stat: String) {
        #expect(reader(["/proc/self/stat": stat]).read() == nil)
    }

    @Test func `this process can be read`() throws {
        let reading = try #require(ProcessReader().read())
        #expect(reading.residentBytes > 1 << 20)
        #expect(reading.virtualBytes >= reading.residentBytes)
        #expect(reading.threads >= 1)
        #expect(try #require(reading.openDescriptors) >= 3)
        #expect(try #require(reading.startSeconds) > 1_600_000_000)
    }
}
