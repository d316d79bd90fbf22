import Glibc

@testable import PostmeterTransport

/// A server that does with each connection what the test says.
final class ScriptedServer: Sendable {
    let port: Int
    private let socket: Int32
    private let thread: JoinableThread?

    /// What each connection sent first.
    let received: Collected<String>

    /// Answers the connections in turn with literal text, and closes them; takes no more of them than that.
    convenience init(_ answers: [String]) {
        self.init(answers.map { answer in { $0.send(answer) } })
    }

    /// Takes as many connections as there are scripts: reads some of each, runs its script and closes it.
    init(_ scripts: [@Sendable (ScriptedPeer) -> Void]) {
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
            for script in scripts {
                let peer = ScriptedPeer(accept(socket, nil, nil))
                requests.add(peer.receive() ?? "")
                script(peer)
                peer.close()
            }
        }
    }

    /// Waits until all scripts are through.
    func finish() {
        thread?.join()
        Glibc.close(socket)
    }
}
