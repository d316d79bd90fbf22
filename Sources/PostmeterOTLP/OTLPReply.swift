/// What a receiver answers to an export.
///
/// The bytes come from outside: anything that cannot be read says nothing, and no text longer than
/// ``textLimit`` bytes leaves this type. Replies are read where they lie and as long as the client takes them; what
/// they hold is not copied but for that text.
package enum OTLPReply {
    /// The part of an accepted request that the receiver refused or warns about; it must not be sent again.
    package struct PartialSuccess: Sendable, Hashable {
        /// The data points, spans or log records refused; 0 when the message is only a warning.
        package let rejected: Int64
        /// The receiver's reason, in one line; may be empty.
        package let message: String

        package init(rejected: Int64, message: String) {
            self.rejected = rejected
            self.message = message
        }
    }

    /// The longest text taken from a reply, in bytes of UTF-8.
    package static let textLimit = 1_024

    /// What an `ExportMetricsServiceResponse` says, or nil when all points were taken.
    package static func metrics(_ body: [UInt8]) -> PartialSuccess? {
        partialSuccess(in: body)
    }

    /// What an `ExportTraceServiceResponse` says, or nil when all spans were taken.
    package static func traces(_ body: [UInt8]) -> PartialSuccess? {
        partialSuccess(in: body)
    }

    /// What an `ExportLogsServiceResponse` says, or nil when all log records were taken.
    package static func logs(_ body: [UInt8]) -> PartialSuccess? {
        partialSuccess(in: body)
    }

    /// The reason in the body of an error answer: that of a `google.rpc.Status`, else the body when it is
    /// text, else empty.
    package static func message(of errorBody: [UInt8]) -> String {
        var status = NumberAndText()
        if (try? status.read(errorBody[...])) != nil {
            let message = line(status.text)
            if !message.isEmpty { return message }
        }
        let start = errorBody.prefix(textLimit)
        guard !start.contains(where: { $0 < 0x20 && !(0x09...0x0d).contains($0) }) else { return "" }
        return line(start)
    }

    /// The three replies are the same on the wire.
    private static func partialSuccess(in body: [UInt8]) -> PartialSuccess? {
        guard let partial = try? readPartialSuccess(in: body) else { return nil }
        let text = line(partial.text)
        guard partial.number > 0 || !text.isEmpty else { return nil }
        return PartialSuccess(rejected: max(partial.number, 0), message: text)
    }

    private static func readPartialSuccess(in body: [UInt8]) throws(WireDamage) -> NumberAndText {
        var partial = NumberAndText()
        var reader = WireReader(body[...])
        while let (field, value) = try reader.next() {
            if case (1, .bytes(let message)) = (field, value) { try partial.read(message) }
        }
        return partial
    }

    /// The start of a text, on one line: what is not printable becomes a space.
    private static func line(_ bytes: some Collection<UInt8>) -> String {
        var text = ""
        var length = 0
        for scalar in String(decoding: bytes.prefix(textLimit), as: UTF8.self).unicodeScalars {
            let shown = scalar.properties.generalCategory == .control ? " " : scalar
            // A byte that is no UTF-8 has become a mark of three.
            length += UTF8.width(shown)
            guard length <= textLimit else { break }
            text.unicodeScalars.append(shown)
        }
        while text.first == " " { text.removeFirst() }
        while text.last == " " { text.removeLast() }
        return text
    }
}

/// A number in field 1 and a text in field 2, which is what `ExportPartialSuccess` and `google.rpc.Status` have.
private struct NumberAndText {
    private(set) var number: Int64 = 0
    private(set) var text: ArraySlice<UInt8> = []

    /// Reads a message over what was read before: of a field that is there twice the last one holds.
    mutating func read(_ message: ArraySlice<UInt8>) throws(WireDamage) {
        var reader = WireReader(message)
        while let (field, value) = try reader.next() {
            switch (field, value) {
            case (1, .varint(let found)): number = Int64(bitPattern: found)
            case (2, .bytes(let found)): text = found
            default: continue
            }
        }
    }
}
