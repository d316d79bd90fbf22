import CPrimitives
import PostmeterModel

/// How the labels of one family's series become `LabelPair` messages, fast.
///
/// A series whose keys are those of the descriptor, in their order, and whose values are text or whole numbers
/// is put together from pieces that were made once; for any other ``LabelSet`` does it.
struct PairTemplate {
    private struct Step {
        let key: [UInt8]
        /// The name as the first field of a `LabelPair`, and the tag of the value.
        let piece: [UInt8]
    }

    private let names: LabelNames
    private let steps: [Step]
    /// What follows the labels of every series.
    private let tail: [UInt8]

    init(keys: [String], names: LabelNames, tail: [UInt8]) {
        self.names = names
        self.tail = tail
        let labels = keys.map(names.name)
        let isPlain = Set(labels).count == labels.count
        steps =
            isPlain
            ? zip(keys, labels).map { key, label in
                var writer = ProtobufWriter()
                writer.string(label, tag: 0x0a)
                writer.bytes.append(0x12)
                return Step(key: Array(key.utf8), piece: writer.bytes)
            } : []
    }

    /// Replaces `pairs` by the labels of a series.
    func write(_ identity: SeriesIdentity, to pairs: inout [UInt8]) {
        pairs.removeAll(keepingCapacity: true)
        if !writeSteps(identity, to: &pairs) {
            pairs.removeAll(keepingCapacity: true)
            LabelSet(identity.bytes, names: names).appendPairs(to: &pairs)
        }
        pairs += tail
    }

    private func writeSteps(_ identity: SeriesIdentity, to pairs: inout [UInt8]) -> Bool {
        var reader = AttributeReader(identity.bytes)
        var next = 0
        while let (key, value) = reader.next() {
            while next < steps.count, !Self.equal(steps[next].key, key) { next += 1 }
            guard next < steps.count else { return false }
            switch value {
            case .string(let bytes): Self.append(steps[next].piece, bytes, to: &pairs)
            case .int(let number):
                withUnsafeTemporaryAllocation(of: UInt8.self, capacity: NumberText.limit) { text in
                    guard let start = text.baseAddress else { return }
                    let count = pm_digits_i64(start, number)
                    Self.append(
                        steps[next].piece, UnsafeRawBufferPointer(start: start, count: count), to: &pairs)
                }
            case .bool, .double, .array: return false
            }
            next += 1
        }
        return true
    }

    private static func equal(_ key: [UInt8], _ other: UnsafeRawBufferPointer) -> Bool {
        guard key.count == other.count, let start = other.baseAddress else { return false }
        return key.withUnsafeBytes {
            $0.baseAddress.map { pm_text_equal($0, start, key.count) != 0 } ?? false
        }
    }

    private static func append(_ piece: [UInt8], _ value: UnsafeRawBufferPointer, to pairs: inout [UInt8]) {
        let length = piece.count + ProtobufWriter.varintLength(UInt64(value.count)) + value.count
        pairs.append(addingCapacity: length + 11) { span in
            span.withUnsafeMutableBufferPointer { buffer, written in
                guard let start = UnsafeMutableRawPointer(buffer.baseAddress) else { return }
                var out = start
                out.storeBytes(of: 0x0a, as: UInt8.self)
                out = Self.varint(length, to: out + 1)
                piece.withUnsafeBytes {
                    out.copyMemory(from: $0.baseAddress ?? UnsafeRawPointer(out), byteCount: $0.count)
                }
                out = Self.varint(value.count, to: out + piece.count)
                if let bytes = value.baseAddress { out.copyMemory(from: bytes, byteCount: value.count) }
                written = out - start + value.count
            }
        }
    }

    /// Writes a length and returns its end.
    private static func varint(_ value: Int, to start: UnsafeMutableRawPointer) -> UnsafeMutableRawPointer {
        var out = start
        var rest = value
        while rest >= 0x80 {
            out.storeBytes(of: UInt8(truncatingIfNeeded: rest) | 0x80, as: UInt8.self)
            rest >>= 7
            out += 1
        }
        out.storeBytes(of: UInt8(rest), as: UInt8.self)
        return out + 1
    }
}
