import Crypto
import PostmeterModel
import Synchronization

/// Verifies Mailgun's signatures: the HMAC-SHA256 of `timestamp` and `token`, end to end, in hexadecimal digits.
///
/// The body is not signed, so a signature that was seen once would do for any body: a token that comes again is
/// taken only with the body that it came with. What a form says is compared, not its bytes, as the boundary and
/// the order of its parts may be others in a retry.
/// Source: documentation.mailgun.com (securing webhooks).
struct MailgunSignatures: Sendable {
    /// How old a signature may be, in hours.
    ///
    /// Mailgun tries for 8 hours, and does not say whether a retry is signed anew.
    static let hours = 24
    /// How far ahead of this clock a signature may be, in seconds.
    static let lead: UInt64 = 300

    private static let secretLimit = 8
    private static let codeLength = SHA256.byteCount

    /// One keyed state for each secret.
    private let authenticators: [HMAC<SHA256>]
    private let tokens = RecentTokens()
    private let reader = MailgunJSONReader()

    /// Prepares signing keys, which are used as they are.
    init(secrets: [String]) throws(WebhookSecretError) {
        guard !secrets.isEmpty else { throw .noSigningKey }
        guard secrets.count <= Self.secretLimit else {
            throw .tooMany(count: secrets.count, limit: Self.secretLimit)
        }
        var authenticators: [HMAC<SHA256>] = []
        for (index, secret) in secrets.enumerated() {
            let isSpace: (UInt8) -> Bool = { $0 == 0x20 || 0x09...0x0D ~= $0 }
            var key = Array(secret.utf8.drop(while: isSpace))
            while let last = key.last, isSpace(last) {
                key.removeLast()
            }
            guard 8...256 ~= key.count, key.allSatisfy({ 0x21...0x7E ~= $0 }) else {
                throw .badSigningKey(place: index + 1)
            }
            authenticators.append(HMAC(key: SymmetricKey(data: key)))
        }
        self.authenticators = authenticators
    }

    /// Says whether Mailgun signed this request lately, and not for another body.
    ///
    /// Thread-safe.
    func verify(contentType: String?, body: UnsafeRawBufferPointer, now: UnixTime) -> Verification {
        let signature: MailgunSignature
        let form: FormBody?
        do throws(DecodeFailure) {
            if let contentType, FormBody.isForm(contentType: contentType) {
                let fields = try FormBody.read(contentType: contentType, body: body)
                signature = try MailgunSignature(fields)
                form = fields
            } else {
                signature = try reader.signature(of: body)
                form = nil
            }
        } catch {
            return .invalid(.malformed(Self.field(of: error)))
        }
        guard let seconds = signature.seconds else { return .invalid(.badTimestamp) }
        guard isGenuine(signature) else { return .invalid(.noMatch) }
        let present = now.nanoseconds / 1_000_000_000
        if seconds > present, seconds - present > Self.lead { return .invalid(.future) }
        if present > seconds, present - seconds > UInt64(Self.hours) * 3_600 {
            return .invalid(.outlived(hours: Self.hours))
        }
        let token = RecentTokens.Digest(
            SHA256.hash(data: Array((signature.timestamp + signature.token).utf8)))
        let digest = form.map(Self.digest) ?? RecentTokens.Digest(SHA256.hash(data: body))
        return tokens.admit(token, body: digest) ? .valid : .invalid(.replayed)
    }

    /// The part of the body that a failure is about.
    private static func field(of failure: DecodeFailure) -> String {
        switch failure.reason {
        case .malformedForm: "its form"
        case .tooLarge: "a size of at most 1 MiB, or 1000 fields,"
        case .malformedJSON: "its JSON"
        default: "signature (timestamp, token, signature)"
        }
    }

    /// Whether one of the codes was made with one of the keys; takes the same time for all of the right length.
    private func isGenuine(_ signature: MailgunSignature) -> Bool {
        let candidates = signature.codes.compactMap(Self.bytes)
        let signed = Array((signature.timestamp + signature.token).utf8)
        var found = false
        for keyed in authenticators {
            var authenticator = keyed
            authenticator.update(data: signed)
            let code = authenticator.finalize()
            for candidate in candidates {
                var difference: UInt8 = 0
                for (left, right) in zip(code, candidate) {
                    difference |= left ^ right
                }
                found = difference == 0 || found
            }
        }
        return found
    }

    /// The bytes of a code; nil when it is not 64 hexadecimal digits.
    private static func bytes(of code: String) -> [UInt8]? {
        let digits = code.utf8
        guard digits.count == 2 * codeLength else { return nil }
        var bytes: [UInt8] = []
        var high: UInt8?
        for digit in digits {
            guard let value = Character(Unicode.Scalar(digit)).hexDigitValue.map(UInt8.init) else {
                return nil
            }
            if let first = high {
                bytes.append(first << 4 | value)
                high = nil
            } else {
                high = value
            }
        }
        return bytes
    }

    /// A digest of the fields of a form, the same in any order and between any boundaries.
    private static func digest(of form: FormBody) -> RecentTokens.Digest {
        var fields: [[UInt8]] = form.fields.map { field in
            var digest = SHA256()
            // No name holds a NUL behind which a value could begin in two ways: the length comes first.
            let name = Array(field.name.utf8)
            withUnsafeBytes(of: UInt64(name.count)) { digest.update(bufferPointer: $0) }
            digest.update(data: name)
            digest.update(bufferPointer: form.sentBytes(of: field))
            return Array(digest.finalize())
        }
        fields.sort { $0.lexicographicallyPrecedes($1) }
        return RecentTokens.Digest(SHA256.hash(data: fields.flatMap { $0 }))
    }
}
