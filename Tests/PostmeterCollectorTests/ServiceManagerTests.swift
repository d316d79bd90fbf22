import Glibc
import Testing

@testable import PostmeterCollector

@Suite struct ServiceManagerTests {
    /// A datagram socket bound to a path, or to an abstract name that begins with `@`.
    func listen(_ path: String) -> Int32 {
        let file = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        var name = Array(path.utf8)
        if name[0] == UInt8(ascii: "@") { name[0] = 0 }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: name) }
        let length = socklen_t(2 + name.count)
        let result = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(file, $0, length) }
        }
        return result == 0 ? file : -1
    }

    func receive(_ file: Int32) -> String {
        var buffer = [UInt8](repeating: 0, count: 4_096)
        let count = recv(file, &buffer, buffer.count, Int32(MSG_DONTWAIT))
        return String(decoding: buffer.prefix(max(0, count)), as: UTF8.self)
    }

    @Test(arguments: [false, true])
    func `a message arrives as one datagram`(isAbstract: Bool) async throws {
        try await withTemporaryFolder { folder in
            let path = isAbstract ? "@postmeter-test-\(getpid())" : folder + "/notify"
            let file = listen(path)
            #expect(file >= 0)
            defer { close(file) }
            let manager = try #require(ServiceManager(environment: ["NOTIFY_SOCKET": path]))
            #expect(manager.watchdog == nil)
            #expect(manager.tell("READY=1\nSTATUS=here"))
            #expect(manager.tell("STOPPING=1"))
            #expect(receive(file) == "READY=1\nSTATUS=here")
            #expect(receive(file) == "STOPPING=1")
            #expect(receive(file) == "")
        }
    }

    @Test func `nobody who listens is no failure, and neither is one who does not read`() async throws {
        try await withTemporaryFolder { folder in
            let path = folder + "/notify"
            let manager = try #require(ServiceManager(environment: ["NOTIFY_SOCKET": path]))
            #expect(!manager.tell("READY=1"))
            let file = listen(path)
            defer { close(file) }
            // The socket's buffer is full in the end, and the call returns all the same.
            while manager.tell("WATCHDOG=1") {}
        }
    }

    @Test(arguments: [
        [:], ["NOTIFY_SOCKET": ""], ["NOTIFY_SOCKET": "/"], ["NOTIFY_SOCKET": "relative"],
        ["NOTIFY_SOCKET": "vsock:2:1234"], ["NOTIFY_SOCKET": "/" + String(repeating: "x", count: 200)],
    ])
    func `without a socket of its kind there is no manager`(environment: [String: String]) {
        #expect(ServiceManager(environment: environment) == nil)
    }

    @Test func `a watchdog of another process is none of ours`() {
        func watchdog(_ environment: [String: String]) -> UInt64? {
            ServiceManager(environment: environment.merging(["NOTIFY_SOCKET": "/x"]) { $1 }, process: 42)?
                .watchdog
        }
        #expect(watchdog(["WATCHDOG_USEC": "60000000"]) == 60_000_000)
        #expect(watchdog(["WATCHDOG_USEC": "60000000", "WATCHDOG_PID": "42"]) == 60_000_000)
        #expect(watchdog(["WATCHDOG_USEC": "60000000", "WATCHDOG_PID": "41"]) == nil)
        #expect(watchdog(["WATCHDOG_USEC": "soon"]) == nil)
        #expect(watchdog(["WATCHDOG_USEC": "0"]) == nil)
    }

    @Test func `a unit names the program, the file and the times`() {
        let unit = SystemdUnit(
            program: "/opt/my programs/postmeter", configuration: "/etc/100%/p.yaml", user: "mail",
            shutdownSeconds: 40)
        let lines = unit.text.split(separator: "\n")
        #expect(
            lines.contains(
                #"ExecStart="/opt/my programs/postmeter" serve --config "/etc/100%%/p.yaml" --data %S/postmeter"#
            ))
        #expect(lines.contains("User=mail"))
        #expect(!lines.contains("DynamicUser=yes"))
        #expect(lines.contains("TimeoutStopSec=50s"))
        #expect(SystemdUnit.quoted(#"/a"b$c\d"#) == #""/a\"b$$c\\d""#)
    }

    @Test func `an end that takes too long is cut off, and one in time is not`() async {
        let reasons = AsyncStream.makeStream(of: String.self)
        let limit = ShutdownLimit(seconds: 0) { reasons.continuation.yield($0) }
        var iterator = reasons.stream.makeAsyncIterator()
        #expect(await iterator.next()?.contains("shutdown_timeout") == true)
        limit.finish()
    }

    @Test func `the last line says what was done and what was left`() {
        let report = ShutdownReport(
            folded: 12, unfolded: 3, isCheckpointed: true, exported: 40, spooled: 5, lost: 6, spansDropped: 7,
            nanoseconds: 1_234_567_890)
        #expect(
            report.text
                == "stopped after 1.234 s: folded 12 records and exported 40 items meanwhile; left 3 records to fold "
                + "and 5 items in spools; lost 6 items; spans dropped since the start: 7")
    }
}
