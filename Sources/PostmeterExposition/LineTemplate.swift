import CPrimitives
import PostmeterModel

/// How the labels of one family's series are composed from their encoded attributes, fast.
///
/// A series that looks as expected (the keys of the descriptor in their order, values of short text without a
/// character to escape) is copied together from pieces that were made once, in whole blocks. For any other
/// ``Composer/write(_:to:)`` says nil and ``LabelSet`` does it.
struct LineTemplate {
    /// The room that copies of whole blocks need after the last of them.
    static let slack = 32

    /// The places in `text` of one label, for series that are not whole.
    fileprivate struct Label {
        /// The name, behind what ends the value before it or, in the first, the prefix.
        var start: Int
        var end: Int
        /// The key as it is in the encoded form.
        var key: Int
        var keyCount: Int
    }

    /// The most bytes of a whole number.
    private static let integerLimit = 20

    private let tag: UInt8
    private let prefixCount: Int
    private var steps: [pm_line_step] = []
    private var labels: [Label] = []
    /// The pieces, each padded so that copies of whole blocks stay inside.
    private var text: [UInt8] = []
    private var tail = 0
    private var tailCount = 0
    /// The most bytes of a line besides its values and its number.
    private var fixedBytes = 0

    /// Creates a template for lines that begin with `prefix`, go on with labels, and end with `suffix`.
    ///
    /// Nil when two keys become one label. Without keys a line is the suffix alone.
    init?(keys: [String], names: LabelNames, field: AttributeField, prefix: String, suffix: String) {
        tag = field.tag
        prefixCount = prefix.utf8.count
        let names = keys.map(names.name)
        guard Set(names).count == names.count else { return nil }
        for (index, key) in keys.enumerated() {
            let piece = add((index == 0 ? prefix : "\",") + NameText.label(names[index]) + "=\"")
            var writer = ProtobufWriter()
            writer.string(key, tag: 0x0a)
            writer.bytes.append(0x12)
            let head = add(writer.bytes)
            fixedBytes += Self.integerLimit - head.count
            var step = pm_line_step()
            writer.bytes.withUnsafeBufferPointer { bytes in
                pm_line_know(&step, bytes.baseAddress, bytes.count, UInt32(head.start), index == 0 ? 1 : 0)
            }
            step.piece = UInt32(piece.start)
            step.piece_count = UInt32(piece.count)
            steps.append(step)
            labels.append(
                Label(
                    start: piece.start + (index == 0 ? prefixCount : 2),
                    end: piece.start + piece.count,
                    key: head.start + head.count - 1 - key.utf8.count,
                    keyCount: key.utf8.count
                )
            )
        }
        (tail, tailCount) = add(keys.isEmpty ? suffix : "\"" + suffix)
    }

    private mutating func add(_ piece: String) -> (start: Int, count: Int) {
        add(Array(piece.utf8))
    }

    private mutating func add(_ piece: [UInt8]) -> (start: Int, count: Int) {
        let start = text.count
        text += piece
        text += repeatElement(0, count: Self.slack)
        fixedBytes += piece.count
        return (start, piece.count)
    }

    /// Calls `body` with the template ready to compose lines.
    func withComposer<Result>(_ body: (Composer) -> Result) -> Result {
        steps.withUnsafeBufferPointer { steps in
            labels.withUnsafeBufferPointer { labels in
                text.withUnsafeBufferPointer { text in
                    let room = fixedBytes + NumberText.limit + Self.slack
                    let line = pm_line(
                        steps: steps.baseAddress, step_count: steps.count, text: text.baseAddress, tail: tail,
                        tail_count: tailCount, room: room, tag: tag)
                    return withUnsafePointer(to: line) {
                        body(Composer(line: $0, labels: labels, room: room, prefixCount: prefixCount))
                    }
                }
            }
        }
    }
}

extension LineTemplate {
    /// A template whose memory is held in place.
    struct Composer {
        fileprivate let line: UnsafePointer<pm_line>
        fileprivate let labels: UnsafeBufferPointer<Label>
        /// The bytes that a line needs room for besides its record.
        let room: Int
        fileprivate let prefixCount: Int

        /// Writes prefix, labels and suffix and returns their end, or nil when ``LabelSet`` must do it.
        ///
        /// `start` must have ``room`` and that of the record.
        func write(_ identity: SeriesIdentity, to start: UnsafeMutableRawPointer) -> UnsafeMutableRawPointer?
        {
            var record = pm_line_record(
                start: identity.start.assumingMemoryBound(to: UInt8.self), count: identity.count)
            let end = pm_line_labels(line, &record, start.assumingMemoryBound(to: UInt8.self))
            return end.map { UnsafeMutableRawPointer($0) } ?? writeSome(identity, to: start)
        }

        /// Writes whole lines from `out` on, which it moves to their end, and returns how many: until all are
        /// written, the next has no room, or its labels need another way.
        func writeLines(
            _ identities: UnsafeBufferPointer<SeriesIdentity>,
            _ values: UnsafeBufferPointer<Int64>,
            to out: inout UnsafeMutableRawPointer,
            until end: UnsafeMutableRawPointer
        ) -> Int {
            guard let first = identities.baseAddress, let value = values.baseAddress else { return 0 }
            var at: UnsafeMutablePointer<UInt8>? = out.assumingMemoryBound(to: UInt8.self)
            // An identity is the address and the length of a record, which is what C takes.
            let count = UnsafeRawPointer(first).withMemoryRebound(
                to: pm_line_record.self, capacity: identities.count
            ) {
                pm_line_integers(
                    line, $0, value, min(identities.count, values.count), &at,
                    end.assumingMemoryBound(to: UInt8.self))
            }
            if let at { out = UnsafeMutableRawPointer(at) }
            return count
        }
    }
}

extension LineTemplate.Composer {
    /// Writes a series that may lack some of the labels and may have whole numbers and longer text for
    /// values, or returns nil when ``LabelSet`` must do it: for keys that are not the labels or not in their
    /// order, for other types, for text to escape, and for a series without labels.
    ///
    /// `out` must have room as for ``write(_:to:)``.
    private func writeSome(_ identity: SeriesIdentity, to start: UnsafeMutableRawPointer)
        -> UnsafeMutableRawPointer?
    {
        guard let text = line.pointee.text, let steps = line.pointee.steps, !labels.isEmpty else {
            return nil
        }
        var out = start.assumingMemoryBound(to: UInt8.self)
        out = pm_text_copy(out, text + Int(steps[0].piece), prefixCount)
        var reader = AttributeReader(identity.bytes)
        var specials = pm_text_specials()
        var next = 0
        var written = 0
        while let (key, value) = reader.next() {
            while next < labels.count, !labels[next].has(key, in: text) { next += 1 }
            guard next < labels.count else { return nil }
            let label = labels[next]
            // The piece of a label behind another begins with what ends the value of that one.
            let piece = written > 0 ? Int(steps[next].piece) : label.start
            out = pm_text_copy(out, text + piece, label.end - piece)
            switch value {
            case .string(let bytes): out = copy(bytes, of: identity, to: out, &specials)
            case .int(let number): out += pm_digits_i64(out, number)
            case .bool, .double, .array: return nil
            }
            next += 1
            written += 1
        }
        guard written > 0, pm_text_any(&specials) == 0 else { return nil }
        return UnsafeMutableRawPointer(pm_text_copy(out, text + line.pointee.tail, line.pointee.tail_count))
    }

    /// Copies a value and returns its end.
    private func copy(
        _ value: UnsafeRawBufferPointer,
        of identity: SeriesIdentity,
        to out: UnsafeMutablePointer<UInt8>,
        _ specials: inout pm_text_specials
    ) -> UnsafeMutablePointer<UInt8> {
        guard let start = value.baseAddress?.assumingMemoryBound(to: UInt8.self) else { return out }
        let end = identity.start.assumingMemoryBound(to: UInt8.self) + identity.count
        if start + value.count - 16 < identity.start.assumingMemoryBound(to: UInt8.self) {
            // Less than a block stands before the end of the value.
            var block: (UInt64, UInt64) = (0, 0)
            withUnsafeMutableBytes(of: &block) { $0.copyMemory(from: UnsafeRawBufferPointer(value)) }
            withUnsafeBytes(of: &block) { block in
                guard let copy = block.baseAddress?.assumingMemoryBound(to: UInt8.self) else { return }
                pm_text_copy_value(out, copy, value.count, copy + 16, &specials)
            }
        } else {
            pm_text_copy_value(out, start, value.count, end, &specials)
        }
        return out + value.count
    }
}

extension LineTemplate.Label {
    /// Whether a key is the one of this label.
    fileprivate func has(_ key: UnsafeRawBufferPointer, in text: UnsafePointer<UInt8>) -> Bool {
        guard key.count == keyCount, let start = key.baseAddress else { return false }
        return pm_text_equal(start, text + self.key, keyCount) != 0
    }
}
