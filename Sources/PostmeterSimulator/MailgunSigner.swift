internal import Crypto

/// Signs webhooks as Mailgun does: the HMAC-SHA256 of the timestamp and a token, in the body.
struct MailgunSigner: Sendable {
    private let keyed: HMAC<SHA256>

    /// Takes a signing key, which is used as it is.
    init(secret: String) throws(SimulatorError) {
        guard secret.utf8.count >= 8, !secret.contains(":"), !secret.hasPrefix("whsec_") else {
            throw .badSigningKey
        }
        keyed = HMAC<SHA256>(key: SymmetricKey(data: Array(secret.utf8)))
    }

    /// The body with its signature; each try is signed anew, with the same token.
    func body(id: String, seconds: UInt64, request: SimulatedRequest) -> [UInt8] {
        let timestamp = String(seconds)
        let token = Self.token(of: id)
        let code = signature(timestamp: timestamp, token: token)
        let fields = [("timestamp", timestamp), ("token", token), ("signature", code)]
        if let boundary = request.contentType.split(separator: "boundary=").dropFirst().first.map(String.init)
        {
            let parts = fields.map { FormWriter.part($0.0, $0.1, boundary: boundary) }
            return request.body + Array((parts.joined() + "--\(boundary)--\r\n").utf8)
        }
        if request.contentType != "application/json" {
            // None of the three needs an escape.
            let pairs = fields.map { "&\($0.0)=\($0.1)" }
            return request.body + Array(pairs.joined().utf8)
        }
        var block = JSONWriter()
        block.object { block in
            for field in fields { block.member(field.0, field.1) }
        }
        return Array("{\"signature\":".utf8) + block.bytes + Array(",\"event-data\":".utf8) + request.body
            + Array("}".utf8)
    }

    /// The code in hexadecimal digits.
    func signature(timestamp: String, token: String) -> String {
        var authenticator = keyed
        authenticator.update(data: Array((timestamp + token).utf8))
        let digits = Array("0123456789abcdef".utf8)
        let code = authenticator.finalize().flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }
        return String(decoding: code, as: UTF8.self)
    }

    /// 50 hexadecimal digits, the same for each try of a webhook.
    private static func token(of id: String) -> String {
        let digits = Array("0123456789abcdef".utf8)
        let digest = SHA256.hash(data: Array(id.utf8)).prefix(25)
        return String(
            decoding: digest.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] },
            as: UTF8.self
        )
    }
}
