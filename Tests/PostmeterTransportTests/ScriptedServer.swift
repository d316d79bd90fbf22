import Glibc

@testable import PostmeterTransport

/// A server that reads some of each connection, answers with literal bytes and closes.
final class ScriptedServer: Sendable {
    let port: Int
    private let socket: Int32
    private let thread: JoinableThread?

    /// What each connection sent first.
    let received: Collected<String>

    /// Answers the connections in turn, and no more of them than there are answers.
    init(_ answers: [String]) {
        let socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(socket, $0, length)
                listen(socket, 16)
                getsockname(socket, $0, &length)
            }
        }
        self.socket = socket
        port = Int(in_port_t(bigEndian: address.sin_port))
        let requests = Collected<String>()
        received = requests
        thread = JoinableThread(name: "scripted") {
            for answer in answers {
                let peer = accept(socket, nil, nil)
                var bytes = [UInt8](repeating: 0, count: 65_536)
                let count = recv(peer, &bytes, bytes.count, 0)
                requests.add(String(decoding: bytes[..<max(0, count)], as: UTF8.self))
                _ = Array(answer.utf8).withUnsafeBytes {
                    Glibc.send(peer, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
                }
                Glibc.close(peer)
            }
        }
    }

    /// Waits until all answers are given.
    func finish() {
        thread?.join()
        Glibc.close(socket)
    }
}
