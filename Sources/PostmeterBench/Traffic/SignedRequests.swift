internal import Glibc
internal import NIOCore
internal import PostmeterSimulator

/// HTTP requests of signed webhooks, each sent once; signing is done ahead, so that sending costs little.
struct SignedRequests: RequestSource {
    private static let signatureBytes = 44
    private static let idDigits = 15

    private let traffic: ResendTraffic
    private let signer: Signer
    private let seconds: UInt64
    private let idPlace: Range<Int>
    private let signaturePlace: Range<Int>
    private let bodyPlace: Range<Int>
    /// A whole request for each step of the traffic.
    private let blanks: [[UInt8]]
    /// Signatures without `v1,`, end to end.
    private var signatures: [UInt8] = []
    /// The number of the first webhook.
    private let first: Int
    /// How many were taken.
    private var taken = 0

    /// How many are signed and not taken.
    var ready: Int { signatures.count / Self.signatureBytes - taken }

    /// - Parameter first: The number of the first webhook; those below it are some other generator's.
    init(_ traffic: ResendTraffic, secret: String, path: String, bodyBytes: Int, first: Int = 0) throws {
        self.traffic = traffic
        self.first = first
        signer = try Signer(secret: secret)
        seconds = UInt64(time(nil))
        let start =
            "POST \(path) HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
            + "Content-Length: \(bodyBytes)\r\nsvix-id: "
        let middle = "\r\nsvix-timestamp: \(seconds)\r\nsvix-signature: v1,"
        let id = traffic.id(0)
        let signature = String(repeating: "=", count: Self.signatureBytes)
        let head = start + id + middle + signature + "\r\n\r\n"
        let idEnd = start.utf8.count + id.utf8.count
        idPlace = (idEnd - Self.idDigits)..<idEnd
        let signatureStart = idEnd + middle.utf8.count
        signaturePlace = signatureStart..<(signatureStart + Self.signatureBytes)
        bodyPlace = head.utf8.count..<(head.utf8.count + bodyBytes)
        blanks = (0..<traffic.steps).map { Array(head.utf8) + traffic.blank($0) }
        guard blanks.allSatisfy({ $0.count == head.utf8.count + bodyBytes }) else {
            throw BenchmarkError("not all bodies have \(bodyBytes) bytes")
        }
    }

    /// Signs until this many are ready.
    mutating func sign(_ count: Int) {
        signatures.reserveCapacity((taken + count) * Self.signatureBytes)
        while ready < count {
            let number = first + taken + ready
            let signature = signer.signature(
                id: traffic.id(number), seconds: seconds, body: traffic.body(number))
            signatures.append(contentsOf: signature.utf8.dropFirst(3))
        }
    }

    /// Replaces the content of a buffer by the next request; false when none is ready.
    mutating func take(into buffer: inout ByteBuffer) -> Bool {
        guard ready > 0 else { return false }
        let number = first + taken
        buffer.clear()
        buffer.writeBytes(blanks[traffic.step(of: number)])
        let place = taken * Self.signatureBytes
        buffer.withUnsafeMutableReadableBytes { request in
            DigitTemplate.write(number, into: request, at: idPlace)
            signatures.withUnsafeBytes { signatures in
                let signature = UnsafeRawBufferPointer(
                    rebasing: signatures[place..<(place + Self.signatureBytes)])
                UnsafeMutableRawBufferPointer(rebasing: request[signaturePlace]).copyMemory(from: signature)
            }
            traffic.write(number, into: UnsafeMutableRawBufferPointer(rebasing: request[bodyPlace]))
        }
        taken += 1
        return true
    }
}
