/// The three headers of one signature.
struct SignatureFields {
    var id: String
    var timestamp: String
    var signatures: String

    /// Reads the `svix-` family when any of it is there or nothing is, else the `webhook-` one.
    static func read(_ headers: WebhookHeaders) -> Result<SignatureFields, VerificationFailure> {
        let svix = Family(headers, id: "svix-id", timestamp: "svix-timestamp", signature: "svix-signature")
        if !svix.isEmpty { return svix.fields }
        let standard = Family(
            headers,
            id: "webhook-id",
            timestamp: "webhook-timestamp",
            signature: "webhook-signature"
        )
        return standard.isEmpty ? svix.fields : standard.fields
    }

    /// Calls `body` with what is signed before the body of the request.
    ///
    /// That is `id.timestamp.`, the dots included.
    func withPrefix(_ body: (UnsafeRawBufferPointer) -> Void) {
        let count = id.utf8.count + timestamp.utf8.count + 2
        withUnsafeTemporaryAllocation(byteCount: count, alignment: 1) { buffer in
            var end = 0
            func put(_ text: String) {
                var text = text
                text.withUTF8 { text in
                    UnsafeMutableRawBufferPointer(rebasing: buffer[end...]).copyBytes(from: text)
                    end += text.count
                }
                buffer[end] = UInt8(ascii: ".")
                end += 1
            }
            put(id)
            put(timestamp)
            body(UnsafeRawBufferPointer(buffer))
        }
    }

    private struct Family {
        let names: (id: String, timestamp: String, signature: String)
        let values: (id: String?, timestamp: String?, signature: String?)

        init(_ headers: WebhookHeaders, id: String, timestamp: String, signature: String) {
            names = (id, timestamp, signature)
            values = (headers[id], headers[timestamp], headers[signature])
        }

        var isEmpty: Bool {
            values.id == nil && values.timestamp == nil && values.signature == nil
        }

        var fields: Result<SignatureFields, VerificationFailure> {
            guard let id = values.id, !id.isEmpty else { return .failure(.missingHeader(names.id)) }
            guard let timestamp = values.timestamp, !timestamp.isEmpty else {
                return .failure(.missingHeader(names.timestamp))
            }
            guard let signatures = values.signature, !signatures.isEmpty else {
                return .failure(.missingHeader(names.signature))
            }
            return .success(SignatureFields(id: id, timestamp: timestamp, signatures: signatures))
        }
    }
}
