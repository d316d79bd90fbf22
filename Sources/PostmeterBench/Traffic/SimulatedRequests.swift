internal import CPrimitives
internal import Glibc
internal import NIOCore
internal import PostmeterModel
internal import PostmeterSimulator

/// HTTP requests of the simulator's plan: mails with their outcomes, delays, repeats and disorder.
struct SimulatedRequests: RequestSource {
    private let start: [UInt8]
    private var stream: TrafficStream
    /// Requests that are ready, end to end.
    private var bytes: [UInt8] = []
    private var ends: [Int] = []
    private var taken = 0

    var ready: Int { ends.count - taken }

    init(_ configuration: Simulator.Configuration, path: String) throws {
        stream = try TrafficStream(configuration, now: UnixTime(nanoseconds: pm_clock_realtime()))
        start = Array("POST \(path) HTTP/1.1\r\nHost: localhost\r\n".utf8)
    }

    /// The exact totals of what was made ready.
    var totals: SimulationTotals { stream.totals }

    mutating func sign(_ count: Int) {
        if ready == 0 {
            bytes.removeAll(keepingCapacity: true)
            ends.removeAll(keepingCapacity: true)
            taken = 0
        }
        let seconds = UInt64(time(nil))
        while ready < count, let request = stream.next(at: seconds) {
            bytes += start
            for (name, value) in request.headers { bytes += "\(name): \(value)\r\n".utf8 }
            bytes += "Content-Length: \(request.body.count)\r\n\r\n".utf8
            bytes += request.body
            ends.append(bytes.count)
        }
    }

    mutating func take(into buffer: inout ByteBuffer) -> Bool {
        guard ready > 0 else { return false }
        buffer.clear()
        buffer.writeBytes(bytes[(taken == 0 ? 0 : ends[taken - 1])..<ends[taken]])
        taken += 1
        return true
    }
}
