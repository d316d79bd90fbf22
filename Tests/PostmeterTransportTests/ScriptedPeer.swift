import Glibc

/// A connection of a `ScriptedServer`.
struct ScriptedPeer: Sendable {
    private let socket: Int32

    init(_ socket: Int32) {
        self.socket = socket
        // A test whose client never goes away must end all the same.
        var limit = timeval(tv_sec: 60, tv_usec: 0)
        setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        setsockopt(socket, SOL_SOCKET, SO_SNDTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    }

    /// What there is to read, waiting for it; nil at the end.
    @discardableResult
    func receive() -> String? {
        var bytes = [UInt8](repeating: 0, count: 65_536)
        let count = recv(socket, &bytes, bytes.count, 0)
        return count > 0 ? String(decoding: bytes[..<count], as: UTF8.self) : nil
    }

    /// Reads until the client has closed the connection.
    func receiveAll() {
        while receive() != nil {}
    }

    func send(_ text: String) {
        send(Array(text.utf8))
    }

    /// Sends all of the bytes; false when the client does not take them any more.
    @discardableResult
    func send(_ bytes: [UInt8]) -> Bool {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes {
                Glibc.send(socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else {
                return false
            }
            rest = rest.dropFirst(count)
        }
        return true
    }

    /// Makes closing the connection break it off.
    func resetAtEnd() {
        var linger = Glibc.linger(l_onoff: 1, l_linger: 0)
        setsockopt(socket, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout<Glibc.linger>.size))
    }

    func close() {
        Glibc.close(socket)
    }
}
