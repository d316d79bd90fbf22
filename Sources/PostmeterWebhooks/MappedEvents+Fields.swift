import Crypto
import PostmeterMail

extension MappedEvents {
    /// What stands where a field is mapped to; nil when it is not there and need not be.
    func value(_ field: EventMapping.Field, of root: JSONValue) throws(DecodeFailure) -> JSONValue? {
        guard let places = mapping.fields[field] else { return nil }
        if let value = places.find(in: root) { return value }
        guard !mapping.required.contains(field) else {
            throw DecodeFailure(.missingField, "\(field.rawValue) (\(places.text)) is missing")
        }
        return nil
    }

    /// The text of a field: a string, or a number as it is written.
    func text(
        _ field: EventMapping.Field, of root: JSONValue, limit: Int
    ) throws(DecodeFailure) -> String? {
        guard let value = try value(field, of: root) else { return nil }
        guard let text = value.scalar(limit: limit) else { throw wrongType(field, "a string") }
        return text
    }

    /// The id in a field, without the angle brackets of a Message-ID.
    func identifier(_ field: EventMapping.Field, of root: JSONValue) throws(DecodeFailure) -> String? {
        guard let value = try value(field, of: root) else { return nil }
        if let utf8 = value.utf8 { return MessageIdentifier.first(in: utf8) }
        guard let text = value.scalar(limit: FieldLimit.id) else { throw wrongType(field, "a string") }
        return text
    }

    /// The numbers that the events of a body have, those among them that concern no mail or cannot be read too.
    ///
    /// What is no whole number is left out.
    func numbers(
        _ sequence: FieldPlaces, in body: UnsafeRawBufferPointer, with parser: JSONParser
    ) -> [UInt64] {
        guard let root = try? parser.parse(body) else { return [] }
        func number(of event: JSONValue) -> UInt64? {
            guard let value = sequence.find(in: event) else { return nil }
            return value.scalar(limit: 20).flatMap { UInt64($0) }
        }
        guard let pointer = mapping.events else { return number(of: root).map { [$0] } ?? [] }
        guard let items = root.at(pointer)?.items else { return [] }
        var numbers: [UInt64] = []
        for item in items where numbers.count < EventMapping.eventLimit {
            if let found = number(of: item) { numbers.append(found) }
        }
        return numbers
    }

    func wrongType(_ field: EventMapping.Field, _ wanted: String) -> DecodeFailure {
        DecodeFailure(.wrongType, "\(field.rawValue) (\(mapping.fields[field]?.text ?? "")) is not \(wanted)")
    }

    /// The id of an event, the same for each delivery of it.
    ///
    /// The events of one body that share a header's id have their place behind it (`msg_1#2`).
    func id(
        of root: JSONValue, _ kind: MailEventKind, _ headers: WebhookHeaders, place: Int
    ) throws(DecodeFailure) -> String {
        switch mapping.id {
        case .field(let places):
            guard let value = places.find(in: root) else {
                throw DecodeFailure(.missingField, "id (\(places.text)) is missing")
            }
            // One byte more than is kept tells a long id from one that just fits.
            guard let id = value.scalar(limit: 4_096) else {
                throw DecodeFailure(.wrongType, "id (\(places.text)) is not a string")
            }
            return Self.short(id)
        case .header(let names):
            guard let id = names.lazy.compactMap({ headers[$0.text] }).first(where: { !$0.isEmpty }) else {
                let wanted = names.map { $0.text }.joined(separator: " nor ").line(limit: 128)
                throw DecodeFailure(.missingHeader, "\(wanted) was not kept with the body")
            }
            let first = Self.short(id.line(limit: 4_096))
            return place == 0 ? first : "\(first)#\(place + 1)"
        case .digest(let pointers):
            return "\(kind.rawValue)-\(try digest(of: pointers, in: root))"
        }
    }

    /// An id as it is, or a digest of one that is too long to be kept.
    private static func short(_ id: String) -> String {
        guard id.utf8.count > FieldLimit.id else { return id }
        return "long-" + hex(SHA256.hash(data: Array(id.utf8)).prefix(16))
    }

    /// A digest of the values of fields, which tells one that is missing from one that is empty.
    private func digest(of pointers: [JSONPointer], in root: JSONValue) throws(DecodeFailure) -> String {
        var digest = SHA256()
        var isEmpty = true
        for pointer in pointers {
            guard let value = root.at(pointer), value.kind != .null else {
                digest.update(data: [0])
                continue
            }
            isEmpty = false
            digest.update(data: [1])
            if let text = value.utf8 {
                digest.update(bufferPointer: UnsafeRawBufferPointer(text))
            } else if let text = value.scalar(limit: FieldLimit.word) {
                digest.update(data: Array(text.utf8))
            } else {
                throw DecodeFailure(
                    .wrongType, "\(pointer.text.line(limit: 128)), a part of the id, is an object or an array"
                )
            }
            // No byte of UTF-8.
            digest.update(data: [0xFF])
        }
        guard !isEmpty else { throw DecodeFailure(.missingField, "all parts of the id are missing") }
        return Self.hex(digest.finalize().prefix(16))
    }

    private static func hex(_ bytes: some Sequence<UInt8>) -> String {
        let digits = Array("0123456789abcdef".utf8)
        return String(
            decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }
}

extension JSONValue {
    /// A string's text in one line, or a number or truth value as text; nil for what has parts, and for null.
    func scalar(limit: Int) -> String? {
        switch kind {
        case .string: text(limit: limit)
        case .integer: integer.map { String($0) }
        case .double: double.map { String($0) }
        case .boolean: boolean.map { String($0) }
        case .null, .array, .object: nil
        }
    }

    /// The first and the last item of an array, or the value itself; nil for an empty array.
    var ends: (first: JSONValue, last: JSONValue)? {
        guard let items else { return (self, self) }
        var ends: (first: JSONValue, last: JSONValue)?
        for item in items {
            ends = (ends?.first ?? item, item)
        }
        return ends
    }
}
