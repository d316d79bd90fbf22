/// Reads what a listener wrote as a strict client would.
struct AnswerReader {
    /// One answer.
    struct Answer: Equatable {
        let status: Int
        let fields: [String: [UInt8]]
        let body: [UInt8]

        /// Whether it says that the connection ends behind it.
        var closes: Bool { fields["connection"] == Array("close".utf8) }
    }

    /// The answers, without interim ones.
    private(set) var answers: [Answer] = []
    /// The interim answers, 100.
    private(set) var interim = 0

    /// Reads all answers.
    ///
    /// - Parameters:
    ///   - bytes: All that was written.
    ///   - isBodiless: Whether the answer with this number, from 0, is one to a HEAD.
    /// - Throws: What a client would stumble over.
    init(_ bytes: [UInt8], isBodiless: (Int) -> Bool) throws {
        var left = bytes[...]
        while !left.isEmpty {
            let (status, fields) = try Self.head(&left)
            if status == 100 {
                interim += 1
                continue
            }
            let stated = fields["content-length"].flatMap { Int(String(decoding: $0, as: UTF8.self)) }
            guard let length = stated else {
                throw FuzzFailure(description: "an answer of \(status) has no length")
            }
            let count = isBodiless(answers.count) ? 0 : length
            try require(left.count >= count, "an answer of \(length) bytes is cut at \(left.count)")
            answers.append(Answer(status: status, fields: fields, body: Array(left.prefix(count))))
            left = left.dropFirst(count)
        }
    }

    private static func head(
        _ left: inout ArraySlice<UInt8>
    ) throws -> (status: Int, fields: [String: [UInt8]]) {
        let words = try line(&left).split(separator: 0x20, maxSplits: 2)
        guard words.count == 3, words[0].elementsEqual("HTTP/1.1".utf8), words[1].count == 3,
            let status = Int(String(decoding: words[1], as: UTF8.self)), (100...599).contains(status)
        else { throw FuzzFailure(description: "an answer begins \(words)") }
        var fields: [String: [UInt8]] = [:]
        while true {
            let field = try line(&left)
            if field.isEmpty { return (status, fields) }
            guard let colon = field.firstIndex(of: 0x3a), colon > field.startIndex,
                field[colon...].dropFirst().first == 0x20,
                field[..<colon].allSatisfy({ $0 > 0x20 && $0 < 0x7f })
            else { throw FuzzFailure(description: "a field is \(String(decoding: field, as: UTF8.self))") }
            let name = String(decoding: field[..<colon], as: UTF8.self).lowercased()
            try require(fields[name] == nil, "the field \(name) stands in an answer twice")
            fields[name] = Array(field[colon...].dropFirst(2))
        }
    }

    /// A line without its CRLF, in which no other CR, LF or NUL may stand.
    private static func line(_ left: inout ArraySlice<UInt8>) throws -> ArraySlice<UInt8> {
        guard let end = left.firstIndex(of: 0x0a), end > left.startIndex, left[end - 1] == 0x0d else {
            throw FuzzFailure(description: "a line does not end: \(left.prefix(80))")
        }
        let line = left[..<(end - 1)]
        left = left[(end + 1)...]
        try require(!line.contains { $0 == 0x0d || $0 == 0 }, "a CR or NUL stands in a head")
        return line
    }
}
