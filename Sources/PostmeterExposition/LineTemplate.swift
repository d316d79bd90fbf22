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

    /// One label: the piece before its value, and what its encoded form must look like.
    fileprivate struct Step {
        var piece: Int
        var pieceCount: Int
        /// The name in the piece, behind what ends the value before it or, in the first, the prefix.
        var label: Int
        /// The key as it is in the encoded form.
        var key: Int
        var keyCount: Int
        /// The bytes from the key's tag to the value's tag.
        var headCount: Int
        /// The first 24 bytes of the head, or what there is of them; three words that may overlap.
        var words: (Check, Check, Check)
        /// The place in `checks` of what a longer head has besides.
        var rest: Range<Int>
        /// The least number of bytes that may be read safely.
        var reach: Int
    }

    /// Eight bytes of the encoded form that are known.
    fileprivate struct Check {
        var offset: Int
        var word: UInt64
        var mask: UInt64

        /// Zero when the bytes at `head` are the known ones.
        @inline(__always)
        func difference(from head: UnsafePointer<UInt8>) -> UInt64 {
            (UnsafeRawPointer(head).loadUnaligned(fromByteOffset: offset, as: UInt64.self) ^ word) & mask
        }
    }

    /// The most bytes of a whole number.
    private static let integerLimit = 20

    private let tag: UInt8
    private let prefixCount: Int
    private var steps: [Step] = []
    private var checks: [Check] = []
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
        let labels = keys.map(names.name)
        guard Set(labels).count == labels.count else { return nil }
        for (index, key) in keys.enumerated() {
            let piece = add((index == 0 ? prefix : "\",") + NameText.label(labels[index]) + "=\"")
            let text = add(key)
            fixedBytes += Self.integerLimit - text.count
            var writer = ProtobufWriter()
            writer.string(key, tag: 0x0a)
            writer.bytes.append(0x12)
            var words = Self.checks(of: writer.bytes)
            while words.count < 3 { words.append(words[0]) }
            let first = checks.count
            checks += words[3...]
            steps.append(
                Step(
                    piece: piece.start,
                    pieceCount: piece.count,
                    label: piece.start + (index == 0 ? prefixCount : 2),
                    key: text.start,
                    keyCount: text.count,
                    headCount: writer.bytes.count,
                    words: (words[0], words[1], words[2]),
                    rest: first..<checks.count,
                    // Tag and length, the head, then length, tag and length of the value.
                    reach: 2 + max(writer.bytes.count, 8) + 3
                )
            )
        }
        (tail, tailCount) = add(keys.isEmpty ? suffix : "\"" + suffix)
    }

    private mutating func add(_ piece: String) -> (start: Int, count: Int) {
        let start = text.count
        text += piece.utf8
        let count = text.count - start
        text += repeatElement(0, count: Self.slack)
        fixedBytes += count
        return (start, count)
    }

    /// One or more words that together cover the bytes.
    private static func checks(of head: [UInt8]) -> [Check] {
        let padded = head + [UInt8](repeating: 0, count: 8)
        var offsets = Array(stride(from: 0, through: head.count - 8, by: 8))
        if head.count % 8 != 0 { offsets.append(max(0, head.count - 8)) }
        return offsets.map { offset in
            let word = padded.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: offset, as: UInt64.self) }
            let mask = head.count >= 8 ? UInt64.max : (1 << UInt64(8 * head.count) - 1).littleEndian
            return Check(offset: offset, word: word & mask, mask: mask)
        }
    }

    /// Calls `body` with the template ready to compose lines.
    func withComposer<Result>(_ body: (Composer) -> Result) -> Result {
        steps.withUnsafeBufferPointer { steps in
            checks.withUnsafeBufferPointer { checks in
                text.withUnsafeBufferPointer { text in
                    body(
                        Composer(
                            tag: tag,
                            steps: steps,
                            checks: checks,
                            text: text.baseAddress,
                            prefixCount: prefixCount,
                            tail: tail,
                            tailCount: tailCount,
                            fixedBytes: fixedBytes
                        )
                    )
                }
            }
        }
    }
}

extension LineTemplate {
    /// A template whose memory is held in place.
    struct Composer {
        fileprivate let tag: UInt8
        fileprivate let steps: UnsafeBufferPointer<Step>
        fileprivate let checks: UnsafeBufferPointer<Check>
        fileprivate let text: UnsafePointer<UInt8>?
        fileprivate let prefixCount: Int
        fileprivate let tail: Int
        fileprivate let tailCount: Int
        /// The most bytes of a line besides its text values and its number.
        let fixedBytes: Int

        /// Writes prefix, labels and suffix and returns their end, or nil when another way must be tried.
        ///
        /// `out` must have room for `fixedBytes`, the identity and `slack`.
        @inline(__always)
        func write(_ identity: SeriesIdentity, to start: UnsafeMutableRawPointer) -> UnsafeMutableRawPointer?
        {
            guard let text else { return nil }
            var out = start.assumingMemoryBound(to: UInt8.self)
            var at = identity.start.assumingMemoryBound(to: UInt8.self)
            let end = at + identity.count
            let least = at + 16
            var specials = pm_text_specials()
            for step in steps {
                // Only a length of one byte: to allow for two would make each step wait for the one before.
                guard end - at >= step.reach, at[1] < 0x80 else { return nil }
                let head = at + 2
                var wrong = UInt64(at[0] ^ tag)
                wrong |= step.words.0.difference(from: head) | step.words.1.difference(from: head)
                wrong |= step.words.2.difference(from: head)
                for index in step.rest { wrong |= checks[index].difference(from: head) }
                // The value is a text whose length is that of the message less the tag and length before it.
                let value = head + step.headCount
                let count = value[2]
                wrong |= UInt64(value[0] ^ (count &+ 2)) | UInt64(value[1] ^ 0x0a) | UInt64(count >> 7)
                at = value + 3 + Int(count)
                guard wrong == 0, at <= end, at >= least else { return nil }
                out = pm_text_copy(out, text + step.piece, step.pieceCount)
                pm_text_copy_value(out, value + 3, Int(count), end, &specials)
                out += Int(count)
            }
            guard at == end, pm_text_any(&specials) == 0 else { return nil }
            return UnsafeMutableRawPointer(pm_text_copy(out, text + tail, tailCount))
        }
    }
}

extension LineTemplate.Composer {
    /// Writes a series that may lack some of the labels and may have whole numbers and longer text for
    /// values, or returns nil when ``LabelSet`` must do it: for keys that are not the labels or not in their
    /// order, for other types, for text to escape, and for a series without labels.
    ///
    /// `out` must have room as for ``write(_:to:)``.
    @inline(never)
    func writeSome(_ identity: SeriesIdentity, to start: UnsafeMutableRawPointer) -> UnsafeMutableRawPointer?
    {
        guard let text, let first = steps.first else { return nil }
        var out = start.assumingMemoryBound(to: UInt8.self)
        out = pm_text_copy(out, text + first.piece, prefixCount)
        var reader = AttributeReader(identity.bytes)
        var specials = pm_text_specials()
        var next = 0
        var written = 0
        while let (key, value) = reader.next() {
            while next < steps.count, !steps[next].has(key, in: text) { next += 1 }
            guard next < steps.count else { return nil }
            let step = steps[next]
            // The piece of a label behind another begins with what ends the value of that one.
            let piece = written > 0 ? step.piece : step.label
            out = pm_text_copy(out, text + piece, step.piece + step.pieceCount - piece)
            switch value {
            case .string(let bytes): out = copy(bytes, of: identity, to: out, &specials)
            case .int(let number): out += pm_digits_i64(out, number)
            case .bool, .double, .array: return nil
            }
            next += 1
            written += 1
        }
        guard written > 0, pm_text_any(&specials) == 0 else { return nil }
        return UnsafeMutableRawPointer(pm_text_copy(out, text + tail, tailCount))
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

extension LineTemplate.Step {
    /// Whether a key is the one of this label.
    fileprivate func has(_ key: UnsafeRawBufferPointer, in text: UnsafePointer<UInt8>) -> Bool {
        guard key.count == keyCount, let start = key.baseAddress else { return false }
        return pm_text_equal(start, text + self.key, keyCount) != 0
    }
}
