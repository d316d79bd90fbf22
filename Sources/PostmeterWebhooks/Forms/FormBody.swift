/// The fields of a form that was posted: `multipart/form-data` or `application/x-www-form-urlencoded`.
///
/// It is a view of the body: it holds the names of the fields and where their values stand, and is void when the
/// body is. Values are copied and decoded only when they are asked for. Of several fields with one name the first
/// counts. Reading takes time in proportion to the body's length, whatever the body holds.
/// Source: RFC 7578 with RFC 2046, section 5.1, and the form encoding of the WHATWG's URL standard.
package struct FormBody {
    /// How many fields a form may have.
    package static let fieldLimit = 1_000
    /// The bytes of a field's name, decoded.
    package static let nameLimit = 256

    /// A field and where its value stands.
    package struct Field {
        /// The decoded name; bytes that are no UTF-8 are replaced.
        package var name: String
        /// The name of a file, in one line of at most 256 bytes; nil for a field that is none.
        package var fileName: String?
        /// `Content-Type` of the part, in one line of at most 256 bytes; nil when it names none.
        package var contentType: String?
        /// The place of the value in the body, as it was sent.
        package var place: Range<Int>
    }

    /// The fields in the order in which they stand.
    package let fields: [Field]
    /// Whether values are percent-encoded.
    package let isEncoded: Bool
    private let body: UnsafeRawBufferPointer

    init(_ body: UnsafeRawBufferPointer, fields: [Field], isEncoded: Bool) {
        self.body = body
        self.fields = fields
        self.isEncoded = isEncoded
    }

    /// Whether a request with this `Content-Type` is a form of one of the two kinds.
    package static func isForm(contentType: String) -> Bool {
        kind(of: contentType) != nil
    }

    /// Finds the fields of a body.
    ///
    /// - Parameters:
    ///   - contentType: the header, which says which kind of form it is, and where one field ends.
    ///   - body: the raw bytes, which must outlive the form.
    /// - Throws: `malformed_form` when the header is none of a form, or the body breaks the grammar or ends
    ///   early; `too_large` for more than 1,000 fields, a name of more than 256 bytes or the headers of a part of
    ///   more than 8 KiB.
    package static func read(
        contentType: String,
        body: UnsafeRawBufferPointer
    ) throws(DecodeFailure) -> FormBody {
        switch kind(of: contentType) {
        case .multipart(let boundary?):
            var reader = try MultipartReader(body, boundary: boundary)
            return FormBody(body, fields: try reader.readAll(), isEncoded: false)
        case .multipart(nil):
            throw DecodeFailure(.malformedForm, "the content type is multipart/form-data without a boundary")
        case .encoded:
            return FormBody(body, fields: try EncodedForm.fields(of: body), isEncoded: true)
        case nil:
            throw DecodeFailure(
                .malformedForm,
                "the content type is neither multipart/form-data nor application/x-www-form-urlencoded"
            )
        }
    }

    private enum Kind {
        case multipart(boundary: [UInt8]?)
        case encoded
    }

    private static func kind(of contentType: String) -> Kind? {
        var text = contentType
        return text.withUTF8 { text in
            let field = FieldParameters(text)
            if field.value.equals(anyCase: "multipart/form-data") {
                return .multipart(boundary: field["boundary"])
            }
            return field.value.equals(anyCase: "application/x-www-form-urlencoded") ? .encoded : nil
        }
    }

    /// The names of the fields, in the order in which they stand.
    package var names: [String] { fields.map { $0.name } }

    /// The first field with this name; O(fields).
    package subscript(name: String) -> Field? {
        fields.first { $0.name == name }
    }

    /// The decoded text of a field, in one line of at most `limit` bytes; bytes that are no UTF-8 are replaced.
    ///
    /// Nil when there is no such field. No more is decoded than is kept.
    package func text(_ name: String, limit: Int) -> String? {
        self[name].map { text(of: $0, limit: limit) }
    }

    /// The decoded text of a field of the form, in one line of at most `limit` bytes.
    package func text(of field: Field, limit: Int) -> String {
        let sent = sentBytes(of: field)
        guard isEncoded else {
            return sent.withMemoryRebound(to: UInt8.self) { String(line: $0, limit: limit) }
        }
        return EncodedForm.decode(sent, limit: limit + 1).withUnsafeBufferPointer {
            String(line: $0, limit: limit)
        }
    }

    /// A copy of the first `limit` decoded bytes of a field; nil when there is no such field.
    package func prefix(_ name: String, limit: Int) -> [UInt8]? {
        guard let field = self[name] else { return nil }
        let sent = sentBytes(of: field)
        return isEncoded ? EncodedForm.decode(sent, limit: limit) : Array(sent.prefix(limit))
    }

    /// The bytes of a field as they were sent, encoded if the form is, in their place in the body.
    package func sentBytes(of field: Field) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(rebasing: body[field.place])
    }

    /// The bytes of a field of a multipart form, in their place in the body; nil when there is no such field.
    ///
    /// They are as they were sent: nothing is decoded, as senders of forms do not encode them. Behind them stand
    /// at least as many readable bytes as behind the body. Of an encoded form it is nil, see
    /// ``withBytes(_:limit:_:)``.
    package func bytes(_ name: String) -> UnsafeRawBufferPointer? {
        guard !isEncoded else { return nil }
        return self[name].map(sentBytes)
    }

    /// Runs `read` on the decoded bytes of a field; nil when there is no such field.
    ///
    /// The bytes stand in the body, or in a copy if the form is encoded, which is void after the call; behind them
    /// `JSONParser.padding` more can be read if they can behind the body.
    ///
    /// - Throws: `too_large` when the value has more than `limit` bytes as it was sent, and what `read` throws.
    package func withBytes<Result>(
        _ name: String,
        limit: Int,
        _ read: (UnsafeRawBufferPointer) throws(DecodeFailure) -> Result
    ) throws(DecodeFailure) -> Result? {
        guard let field = self[name] else { return nil }
        guard field.place.count <= limit else {
            let shown = name.line(limit: FieldLimit.word)
            throw DecodeFailure(
                .tooLarge, "the field \(shown) has \(field.place.count) bytes where at most \(limit) are read"
            )
        }
        let sent = sentBytes(of: field)
        guard isEncoded else { return try read(sent) }
        var decoded = EncodedForm.decode(sent, limit: sent.count)
        let count = decoded.count
        decoded.append(contentsOf: repeatElement(0, count: JSONParser.padding))
        // The closure of the library's own call could not throw this type.
        let outcome = decoded.withUnsafeBytes { bytes in
            Swift.Result { () throws(DecodeFailure) in
                try read(UnsafeRawBufferPointer(rebasing: bytes[..<count]))
            }
        }
        return try outcome.get()
    }
}
