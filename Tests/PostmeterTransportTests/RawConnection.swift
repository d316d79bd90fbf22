import Glibc

@testable import PostmeterTransport

/// A socket that speaks literal bytes, with a limit of a minute on each wait so that no test hangs.
final class RawConnection {
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    private let socket: Int32
    private var buffered: ArraySlice<UInt8> = []

    init(port: Int) throws {
        socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var limit = timeval(tv_sec: 60, tv_usec: 0)
        setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        setsockopt(socket, SOL_SOCKET, SO_SNDTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        let result = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard result == 0 else {
            let reason = String(cString: strerror(errno))
            Glibc.close(socket)
            throw Failure(description: "connect: \(reason)")
        }
    }

    deinit {
        Glibc.close(socket)
    }

    /// Sends all of the text; false when the peer does not take it any more.
    @discardableResult
    func send(_ text: String) -> Bool {
        var bytes = Array(text.utf8)[...]
        while !bytes.isEmpty {
            let count = bytes.withUnsafeBytes {
                Glibc.send(socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else {
                return false
            }
            bytes = bytes.dropFirst(count)
        }
        return true
    }

    /// Tells the peer that nothing more will be sent.
    func endSending() {
        shutdown(socket, Int32(SHUT_WR))
    }

    /// Reads one response, whose body has as many bytes as it says, and leaves its date out.
    func response(toHead: Bool = false) async throws -> String {
        while !buffered.contains(end: "\r\n\r\n") {
            try await readMore()
        }
        let head = String(decoding: buffered.remove(through: "\r\n\r\n"), as: UTF8.self)
        let length = head.split(separator: "\r\n").first { $0.hasPrefix("Content-Length: ") }?.dropFirst(16)
        guard !toHead, let length, let count = Int(length) else {
            return Self.undated(head)
        }
        while buffered.count < count {
            try await readMore()
        }
        let body = String(decoding: buffered.prefix(count), as: UTF8.self)
        buffered = buffered.dropFirst(count)
        return Self.undated(head) + body
    }

    /// Reads until the peer closes.
    func rest() async throws -> String {
        while try await read() {}
        let text = String(decoding: buffered, as: UTF8.self)
        buffered = []
        return Self.undated(text)
    }

    private func readMore() async throws {
        guard try await read() else {
            let text = String(decoding: buffered, as: UTF8.self)
            throw Failure(description: "closed after \(text.debugDescription)")
        }
    }

    /// Reads what is there; false when the peer has closed.
    private func read() async throws -> Bool {
        // On a thread of its own, since the tasks of all tests share a few that must not block.
        let bytes = try await withCheckedThrowingContinuation { [socket] continuation in
            let thread = JoinableThread(name: "reader") {
                continuation.resume(with: Self.receive(from: socket))
            }
            if thread == nil {
                continuation.resume(throwing: Failure(description: "no thread"))
            }
        }
        buffered += bytes
        return !bytes.isEmpty
    }

    private static func receive(from socket: Int32) -> Result<[UInt8], any Error> {
        var count = 0
        let bytes = [UInt8](unsafeUninitializedCapacity: 65_536) { buffer, size in
            count = recv(socket, buffer.baseAddress, 65_536, 0)
            size = max(0, count)
        }
        return count < 0
            ? .failure(Failure(description: "read: \(String(cString: strerror(errno)))")) : .success(bytes)
    }

    private static func undated(_ text: String) -> String {
        text.replacing(/Date: [A-Z][a-z]{2}, [0-9]{2} [A-Z][a-z]{2} [0-9]{4} [0-9:]{8} GMT\r\n/, with: "")
    }
}

extension ArraySlice<UInt8> {
    private func firstRange(of text: StaticString) -> Range<Int>? {
        let count = text.utf8CodeUnitCount
        return text.withUTF8Buffer { wanted in
            indices.dropLast(count - 1).first {
                self[$0] == wanted[0] && self[$0..<$0 + count].elementsEqual(wanted)
            }
            .map { $0..<$0 + count }
        }
    }

    fileprivate func contains(end: StaticString) -> Bool {
        firstRange(of: end) != nil
    }

    /// Takes the bytes up to the end of `text` away.
    fileprivate mutating func remove(through text: StaticString) -> ArraySlice<UInt8> {
        let end = firstRange(of: text)?.upperBound ?? startIndex
        defer { self = self[end...] }
        return self[..<end]
    }
}
