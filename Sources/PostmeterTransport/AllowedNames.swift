internal import Glibc
internal import NIOSSL

/// The alternative names of which a client's certificate must have one.
struct AllowedNames: Sendable {
    private let texts: Set<String>
    private let addresses: Set<[UInt8]>

    init(_ names: [String]) {
        texts = Set(names)
        addresses = Set(names.compactMap(Self.address))
    }

    /// Whether the certificate has one of the names.
    ///
    /// NIOSSL keeps its reader of alternative names behind an underscore, but reads nothing else for us, and
    /// BoringSSL's is a better one than our own would be.
    func allows(_ certificate: NIOSSLCertificate) -> Bool {
        certificate._subjectAlternativeNames().contains { name in
            switch name.nameType {
            case .ipAddress: addresses.contains(Self.shortened(Array(name.contents)))
            case .dnsName, .email, .uri: texts.contains(String(decoding: name.contents, as: UTF8.self))
            default: false
            }
        }
    }

    /// The bytes of an IP address; nil when the text is none.
    static func address(_ text: String) -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: 16)
        if inet_pton(AF_INET, text, &bytes) == 1 {
            return Array(bytes[..<4])
        }
        return inet_pton(AF_INET6, text, &bytes) == 1 ? shortened(bytes) : nil
    }

    /// The address of IPv4 that an address of IPv6 stands for, or the same bytes.
    private static func shortened(_ bytes: [UInt8]) -> [UInt8] {
        let prefix: [UInt8] = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff]
        return bytes.count == 16 && bytes.starts(with: prefix) ? Array(bytes[12...]) : bytes
    }
}
