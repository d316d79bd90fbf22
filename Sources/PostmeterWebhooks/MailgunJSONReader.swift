import Synchronization

/// Reads the signature in a body of JSON, which is not known to be anybody's yet.
///
/// One parser for all threads, as it is held for microseconds; it is used under the lock alone. Thread-safe.
final class MailgunJSONReader: @unchecked Sendable {
    private let parser = JSONParser(byteLimit: MailgunSignature.jsonLimit)
    private let lock = Mutex(())

    /// The signature; fails for more than 1 MiB before a byte is looked at.
    func signature(of body: UnsafeRawBufferPointer) throws(DecodeFailure) -> MailgunSignature {
        guard body.count <= MailgunSignature.jsonLimit else {
            throw DecodeFailure(.tooLarge, "the JSON has \(body.count) bytes")
        }
        // A request's body has nothing readable behind it.
        var padded = Array(body)
        padded.append(contentsOf: repeatElement(0, count: JSONParser.padding))
        let outcome = padded.withUnsafeBytes { bytes in
            let json = UnsafeRawBufferPointer(rebasing: bytes[..<body.count])
            return lock.withLock { _ in
                Result { () throws(DecodeFailure) in try MailgunSignature(try parser.parseObject(json)) }
            }
        }
        return try outcome.get()
    }
}
