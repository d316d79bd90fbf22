import PostmeterWebhooks

/// Forms of `multipart/form-data`.
///
/// The first byte says which of two: a line with the content type and then a body; or a line with the boundary,
/// another with the name of each part, and then the values between line feeds, which are put into a form.
enum MultipartFormFuzz {
    static let target = FuzzTarget("multipart-form", run)

    @Sendable private static func run(_ input: [UInt8]) throws {
        var input = FuzzInput(input)
        let shape = input.byte()
        if shape & 1 == 0 {
            try read(input.line() ?? "", input.rest)
        } else {
            try write(&input, lineEnd: shape & 2 == 0 ? "\r\n" : "\n")
        }
    }

    private static func read(_ contentType: String, _ body: [UInt8]) throws {
        try body.withUnsafeBytes { bytes in
            guard let form = try form(contentType, bytes) else { return }
            try require(form.fields.count <= FormBody.fieldLimit, "\(form.fields.count) fields")
            var end = 0
            for field in form.fields {
                try require(
                    field.place.lowerBound >= end && field.place.upperBound <= body.count,
                    "\(field.place) of \(body.count) bytes stands behind \(end)")
                end = field.place.upperBound
                for text in [field.fileName, field.contentType, form.text(field.name, limit: 64)] {
                    try require(
                        text?.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7f } ?? true,
                        "\(text.debugDescription) is more than a line")
                    try require(text?.utf8.count ?? 0 <= 256, "\(text.debugDescription) is kept")
                }
                try require(form.text(field.name, limit: 64)?.utf8.count ?? 65 <= 64, "more than 64 bytes")
            }
        }
    }

    /// The form; nil when it is refused, with words.
    static func form(_ contentType: String, _ body: UnsafeRawBufferPointer) throws -> FormBody? {
        do throws(DecodeFailure) {
            return try FormBody.read(contentType: contentType, body: body)
        } catch {
            try require(
                error.detail.utf8.count <= 512 && error.detail.utf8.allSatisfy { $0 >= 0x20 },
                "\(error.detail.debugDescription) is the reason")
            return nil
        }
    }

    private static func write(_ input: inout FuzzInput, lineEnd: String) throws {
        let boundary = (input.line() ?? "").utf8.filter { 0x20...0x7e ~= $0 }
        guard 1...70 ~= boundary.count, boundary.last != 0x20 else { return }
        let name = (input.line() ?? "").utf8.filter { $0 >= 0x20 && $0 != 0x7f }
        let values = input.rest.split(separator: 0x0a, maxSplits: 20, omittingEmptySubsequences: false).map {
            Array($0)
        }
        // What a sender must see to: a boundary that is in no value.
        let marks = Array("--".utf8) + boundary
        guard name.count <= FormBody.nameLimit,
            !values.contains(where: { $0.starts(with: marks) || contains(marks, in: $0) })
        else { return }
        var body: [UInt8] = []
        for value in values {
            body += marks + Array(lineEnd.utf8)
            body += Array("Content-Disposition: form-data; name=\"".utf8)
            for byte in name {
                if byte == 0x22 || byte == 0x5c { body.append(0x5c) }
                body.append(byte)
            }
            body += Array(("\"" + lineEnd + lineEnd).utf8) + value + Array(lineEnd.utf8)
        }
        body += marks + Array("--".utf8)
        let quoted = boundary.flatMap { $0 == 0x22 || $0 == 0x5c ? [0x5c, $0] : [$0] }
        let contentType = "multipart/form-data; boundary=\"" + String(decoding: quoted, as: UTF8.self) + "\""
        try body.withUnsafeBytes { bytes in
            let form = try form(contentType, bytes)
            let found = form?.fields.map { Array(bytes[$0.place]) }
            // A carriage return at a value's end is taken for the line's, when lines end in a line feed alone.
            let expected = values.map { value in
                lineEnd == "\n" && value.last == 0x0d ? value.dropLast() : value
            }
            try require(found == expected, "\(values) is read as \(found.debugDescription)")
            let text = String(decoding: name, as: UTF8.self)
            try require(
                form?.names.allSatisfy { $0 == text } ?? false,
                "\(text.debugDescription) is read as \(form?.names ?? [])")
        }
    }

    private static func contains(_ word: [UInt8], in text: [UInt8]) -> Bool {
        guard text.count >= word.count else { return false }
        return (0...(text.count - word.count)).contains { Array(text[$0..<($0 + word.count)]) == word }
    }
}
