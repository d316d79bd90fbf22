internal import Glibc

/// A peer's HTTP server on a free port of this machine, which answers 200 to everything and keeps nothing.
struct PeerServer: Sendable {
    /// Ends the server when the shell's standard input does, so that it never outlives us.
    private static let keeper = #"trap "" INT; "$@" & server=$!; cat; kill "$server"; wait "$server""#

    let process: ChildProcess
    let port: Int

    /// Starts a program with the arguments that it needs to listen on a port, and waits until it does.
    init(_ program: String, log: String, arguments: (_ port: Int) throws -> [String]) async throws {
        let port = try Self.freePort()
        self.port = port
        process = try ChildProcess(
            program: "/bin/sh", arguments: ["-c", Self.keeper, "sh", program] + arguments(port), log: log)
        for _ in 0..<500 {
            if Self.listens(port) { return }
            try await Task.sleep(for: .milliseconds(10))
        }
        process.stopByInput()
        throw BenchmarkError(
            "'\(program)' did not listen within five seconds; it said:\n\(ProcFile(log).text)")
    }

    /// Ends it.
    func stop() {
        process.stopByInput()
    }

    /// The first of some paths at which there is a program; nil when there is none.
    static func program(at paths: [String]) -> String? {
        paths.first { access($0, X_OK) == 0 }
    }

    private static func freePort() throws -> Int {
        try withSocket { socket in
            var address = loopback(port: 0)
            var length = socklen_t(MemoryLayout<sockaddr_in>.size)
            let isBound = withUnsafeMutablePointer(to: &address) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    bind(socket, $0, length) == 0 && getsockname(socket, $0, &length) == 0
                }
            }
            guard isBound else {
                throw BenchmarkError("no port is free: \(String(cString: strerror(errno)))")
            }
            return Int(UInt16(bigEndian: address.sin_port))
        }
    }

    private static func listens(_ port: Int) -> Bool {
        let answer = try? withSocket { socket in
            var address = loopback(port: port)
            return withUnsafePointer(to: &address) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    connect(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
                }
            }
        }
        return answer ?? false
    }

    private static func loopback(port: Int) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(clamping: port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        return address
    }

    private static func withSocket<Value>(_ body: (Int32) throws -> Value) throws -> Value {
        let socket = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard socket >= 0 else {
            throw BenchmarkError("there is no socket: \(String(cString: strerror(errno)))")
        }
        defer { close(socket) }
        return try body(socket)
    }
}
