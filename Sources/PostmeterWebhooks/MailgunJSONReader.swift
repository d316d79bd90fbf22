import Synchronization

/// Reads the signature in a body of JSON, which is not known to be anybody's yet.
///
/// One parser for all threads, as it is held for microseconds. Thread-safe.
final class MailgunJSONReader: Sendable {
    private let parser = Mutex(JSONParser(byteLimit: MailgunSignature.jsonLimit))

    /// The signature; fails for more than 1 MiB before a byte is looked at.
    func signature(of body: UnsafeRawBufferPointer) throws(DecodeFailure) -> MailgunSignature {
        guard body.count <= MailgunSignature.jsonLimit else {
            throw DecodeFailure(.tooLarge, "the JSON has \(body.count) bytes")
        }
        // A request's body has nothing readable behind it.
        var padded = Array(body)
        padded.append(contentsOf: repeatElement(0, count: JSONParser.padding))
        let (bytes, count) = (padded, body.count)
        return try parser.withLock { parser in Self.read(bytes, count: count, with: parser) }.get()
    }

    private static func read(
        _ padded: [UInt8],
        count: Int,
        with parser: JSONParser
    ) -> Result<MailgunSignature, DecodeFailure> {
        padded.withUnsafeBytes { bytes in
            let json = UnsafeRawBufferPointer(rebasing: bytes[..<count])
            return Result { () throws(DecodeFailure) in try MailgunSignature(try parser.parseObject(json)) }
        }
    }
}
