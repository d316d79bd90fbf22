/// Finds the parts of a body of `multipart/form-data`.
///
/// Lines may end in CRLF or in LF alone. What stands before the first boundary and behind the last is ignored, a
/// part that is a multipart itself is one value, and `Content-Transfer-Encoding`, which senders of forms shall not
/// use, changes nothing.
/// Source: RFC 7578, section 4, and RFC 2046, section 5.1.1.
struct MultipartReader {
    /// The bytes of a part's headers.
    static let headLimit = 8 << 10
    /// The characters of a boundary.
    static let boundaryLimit = 70

    private let body: UnsafeRawBufferPointer
    /// What a part ends with: a line feed, two hyphens and the boundary.
    ///
    /// The line feed stands nowhere else in it, so that no two of them overlap.
    private let delimiter: [UInt8]
    private var fields: [FormBody.Field] = []

    /// Prepares to read, once.
    init(_ body: UnsafeRawBufferPointer, boundary: [UInt8]) throws(DecodeFailure) {
        guard 1...Self.boundaryLimit ~= boundary.count, boundary.allSatisfy({ 0x20...0x7E ~= $0 }),
            boundary.last != 0x20
        else {
            throw DecodeFailure(
                .malformedForm,
                "the boundary of the content type is not 1 to \(Self.boundaryLimit) characters of ASCII"
            )
        }
        self.body = body
        delimiter = Array("\n--".utf8) + boundary
    }

    /// A line that begins with the boundary.
    private struct Delimiter {
        /// Where the content before it ends.
        var start: Int
        /// Where what follows its line begins.
        var end: Int
        /// Whether no part follows.
        var isLast: Bool
    }

    /// The fields of all parts.
    mutating func readAll() throws(DecodeFailure) -> [FormBody.Field] {
        guard var delimiter = firstDelimiter() else {
            throw DecodeFailure(.malformedForm, "the boundary of the content type is nowhere in the body")
        }
        while !delimiter.isLast {
            guard fields.count < FormBody.fieldLimit else {
                throw DecodeFailure(.tooLarge, "the form has more than \(FormBody.fieldLimit) parts")
            }
            var field = try readHead(from: delimiter.end)
            // The line feed that ends the headers may be the one in front of the boundary, if there is no content.
            let start = field.place.lowerBound
            guard let next = nextDelimiter(from: start - 1) else {
                throw failure("is not ended by the boundary: the body was cut short")
            }
            field.place = start..<max(start, next.start)
            fields.append(field)
            delimiter = next
        }
        return fields
    }

    private func firstDelimiter() -> Delimiter? {
        let isAtStart = body.count >= delimiter.count - 1 && body.starts(with: delimiter.dropFirst())
        if isAtStart, let first = line(behind: delimiter.count - 1, from: 0) { return first }
        return nextDelimiter(from: 0)
    }

    private func nextDelimiter(from start: Int) -> Delimiter? {
        var start = start
        while let found = body.index(ofWord: delimiter, from: start) {
            let isCarried = found > start && body[found - 1] == UInt8(ascii: "\r")
            if let next = line(behind: found + delimiter.count, from: isCarried ? found - 1 : found) {
                return next
            }
            // A line that goes on is content.
            start = found + delimiter.count
        }
        return nil
    }

    /// The delimiter whose boundary ends at `place`; nil when its line goes on with more than white space.
    private func line(behind place: Int, from start: Int) -> Delimiter? {
        var place = place
        let hyphen = UInt8(ascii: "-")
        if place + 1 < body.count, body[place] == hyphen, body[place + 1] == hyphen {
            return Delimiter(start: start, end: place + 2, isLast: true)
        }
        while place < body.count, body[place] == 0x20 || body[place] == 0x09 {
            place += 1
        }
        if place < body.count, body[place] == UInt8(ascii: "\r") {
            place += 1
        }
        guard place < body.count, body[place] == UInt8(ascii: "\n") else { return nil }
        return Delimiter(start: start, end: place + 1, isLast: false)
    }

    /// Reads the headers of a part up to the empty line; the field's place begins behind that.
    private func readHead(from start: Int) throws(DecodeFailure) -> FormBody.Field {
        var disposition: UnsafeBufferPointer<UInt8>?
        var contentType: UnsafeBufferPointer<UInt8>?
        var place = start
        let head = UnsafeRawBufferPointer(rebasing: body[..<min(body.count, start + Self.headLimit)])
        while true {
            guard let end = try lineEnd(from: place, in: head) else { break }
            let header = UnsafeRawBufferPointer(rebasing: head[place..<end])
            guard let colon = header.index(of: UInt8(ascii: ":"), from: 0) else {
                throw failure("has a header without a colon")
            }
            let (name, value) = header.withMemoryRebound(to: UInt8.self) { header in
                (
                    UnsafeBufferPointer(rebasing: header[..<colon]),
                    UnsafeBufferPointer(rebasing: header[(colon + 1)...])
                )
            }
            if disposition == nil, name.equals(anyCase: "content-disposition") {
                disposition = value
            } else if contentType == nil, name.equals(anyCase: "content-type") {
                contentType = value
            }
            place = end
        }
        let isCarried = head[place] == UInt8(ascii: "\r")
        return try field(disposition, contentType, at: place + (isCarried ? 2 : 1))
    }

    /// Where a header with the lines that it is folded into ends; nil at the empty line.
    private func lineEnd(from start: Int, in head: UnsafeRawBufferPointer) throws(DecodeFailure) -> Int? {
        var start = start
        while let feed = head.index(of: UInt8(ascii: "\n"), from: start) {
            // The lines of a folded header begin with white space, so that none of them is empty.
            if feed == start || (feed == start + 1 && head[start] == UInt8(ascii: "\r")) { return nil }
            start = feed + 1
            if start < head.count, head[start] != 0x20, head[start] != 0x09 { return start }
        }
        if head.count < body.count {
            throw DecodeFailure(
                .tooLarge,
                "the headers of part \(fields.count + 1) have more than \(Self.headLimit) bytes"
            )
        }
        throw failure("ends within its headers: the body was cut short")
    }

    private func field(
        _ disposition: UnsafeBufferPointer<UInt8>?,
        _ contentType: UnsafeBufferPointer<UInt8>?,
        at start: Int
    ) throws(DecodeFailure) -> FormBody.Field {
        guard let disposition = disposition.map(FieldParameters.init),
            disposition.value.equals(anyCase: "form-data"), let name = disposition["name"]
        else {
            throw failure("has no header Content-Disposition: form-data with a name")
        }
        guard name.count <= FormBody.nameLimit else {
            throw DecodeFailure(
                .tooLarge,
                "the name of part \(fields.count + 1) has more than \(FormBody.nameLimit) bytes"
            )
        }
        let fileName = disposition["filename"].map { name in
            name.withUnsafeBufferPointer { String(line: $0, limit: FieldLimit.sentence) }
        }
        let type = contentType.map { type in
            // The value ends with its line.
            let end = type.lastIndex { $0 > 0x20 }.map { $0 + 1 } ?? 0
            let text = type[..<end].drop { $0 <= 0x20 }
            return String(line: UnsafeBufferPointer(rebasing: text), limit: FieldLimit.sentence)
        }
        return FormBody.Field(
            name: String(decoding: name, as: UTF8.self),
            fileName: fileName,
            contentType: type,
            place: start..<start
        )
    }

    private func failure(_ problem: String) -> DecodeFailure {
        DecodeFailure(.malformedForm, "part \(fields.count + 1) \(problem)")
    }
}
