import PostmeterModel

/// The labels of one series, read from its encoded attributes: the way that copes with anything.
///
/// Values that are not text are spelled as JSON, and the values of keys that become one label are joined with
/// `;` in the order of the keys.
struct LabelSet {
    private(set) var labels: [(name: String, value: [UInt8])] = []

    /// Reads attributes.
    init(_ attributes: UnsafeRawBufferPointer, names: LabelNames) {
        var reader = AttributeReader(attributes)
        var found: [(name: String, key: String, value: [UInt8])] = []
        while let (key, value) = reader.next() {
            let key = String(decoding: key, as: UTF8.self)
            found.append((names.name(of: key), key, Self.text(of: value)))
        }
        for (index, label) in found.enumerated()
        where !found[..<index].contains(where: { $0.name == label.name }) {
            let same = found[index...].filter { $0.name == label.name }.sorted { $0.key < $1.key }
            labels.append((label.name, Array(same.map(\.value).joined(separator: [UInt8(ascii: ";")]))))
        }
    }

    /// Reads attributes that are no series'.
    init(_ attributes: [Attribute], names: LabelNames) {
        self = EncodedAttributes(attributes, for: .resource).bytes.withUnsafeBytes {
            LabelSet($0, names: names)
        }
    }

    /// Appends `name="value",name="value"`, escaped.
    func append(to bytes: inout [UInt8]) {
        for (index, label) in labels.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            bytes += NameText.label(label.name).utf8
            bytes += "=\"".utf8
            Escaping.append(label.value, quotes: true, to: &bytes)
            bytes.append(UInt8(ascii: "\""))
        }
    }

    /// The text of a value.
    static func text(of value: AttributeReader.Value) -> [UInt8] {
        if case .string(let bytes) = value { return Array(bytes) }
        var text: [UInt8] = []
        appendJSON(value, to: &text)
        return text
    }

    private static func appendJSON(_ value: AttributeReader.Value, to text: inout [UInt8]) {
        switch value {
        case .bool(let flag): text += flag ? "true".utf8 : "false".utf8
        case .int(let number): text += String(number).utf8
        case .double(let number): text += NumberText.bytes(number, canonical: false)
        case .string(let bytes):
            text.append(UInt8(ascii: "\""))
            Escaping.append(Array(bytes), quotes: true, to: &text)
            text.append(UInt8(ascii: "\""))
        case .array(let bytes):
            text.append(UInt8(ascii: "["))
            for (index, element) in AttributeReader.elements(in: bytes).enumerated() {
                if index > 0 { text.append(UInt8(ascii: ",")) }
                appendJSON(element, to: &text)
            }
            text.append(UInt8(ascii: "]"))
        }
    }
}
