import PostmeterModel

extension FamilyWriter {
    /// The room that is asked of the output at a time.
    private static let chunkBytes = 64 * 1_024

    /// Writes a line a series; `number` writes a value and returns its length.
    @inline(__always)
    func writeNumbers<Value>(
        _ family: FamilySnapshot,
        _ values: [Value],
        _ template: LineTemplate?,
        _ distinct: inout DistinctLabels,
        to bytes: inout [UInt8],
        _ number: (Value, UnsafeMutableRawPointer) -> Int
    ) {
        let count = min(family.identities.count, values.count)
        var exemplars = exemplars(of: family)
        var next = 0
        while next < count {
            let marked = min(exemplars.first(from: next) ?? count, count)
            writeLines(family, next..<marked, values, template, &distinct, to: &bytes, number)
            next = marked
            guard next < count else { break }
            let start = bytes.count
            writeLines(family, next..<(next + 1), values, template, &distinct, to: &bytes, number)
            let newest = exemplars.take(next).filter(\.value.isFinite).max { $0.time < $1.time }
            if let newest, bytes.count > start {
                bytes.removeLast()
                ExemplarText.append(newest, to: &bytes)
                bytes.append(UInt8(ascii: "\n"))
            }
            next += 1
        }
    }

    /// Writes the lines of some series.
    @inline(__always)
    private func writeLines<Value>(
        _ family: FamilySnapshot,
        _ range: Range<Int>,
        _ values: [Value],
        _ template: LineTemplate?,
        _ distinct: inout DistinctLabels,
        to bytes: inout [UInt8],
        _ number: (Value, UnsafeMutableRawPointer) -> Int
    ) {
        var next = range.lowerBound
        while next < range.upperBound {
            if let template {
                compose(
                    family.identities,
                    template,
                    upTo: range.upperBound,
                    from: &next,
                    to: &bytes
                ) { number(values[$0], $1) }
                guard next < range.upperBound else { break }
            }
            let labels = LabelSet(family.identities[next].bytes, reserved: reservedLabel)
            if distinct.admit(labels, of: family) {
                appendNumber(labels, to: &bytes) { number(values[next], $0) }
            }
            next += 1
        }
    }

    /// Appends one line from labels that were read one by one.
    private func appendNumber(
        _ labels: LabelSet,
        to bytes: inout [UInt8],
        _ number: (UnsafeMutableRawPointer) -> Int
    ) {
        bytes += group.name.sample.utf8
        labels.appendBraced(to: &bytes)
        bytes.append(UInt8(ascii: " "))
        bytes.append(addingCapacity: NumberText.limit) { span in
            span.withUnsafeMutableBufferPointer { buffer, count in
                guard let start = buffer.baseAddress else { return }
                count = number(start)
            }
        }
        bytes.append(UInt8(ascii: "\n"))
    }

    /// Composes lines until the series are done or one comes that cannot be composed: `next` is that one.
    @inline(__always)
    private func compose(
        _ identities: [SeriesIdentity],
        _ template: LineTemplate,
        upTo count: Int,
        from next: inout Int,
        to bytes: inout [UInt8],
        _ number: (Int, UnsafeMutableRawPointer) -> Int
    ) {
        var index = next
        identities.withUnsafeBufferPointer { identities in
            template.withComposer { composer in
                let fixed = composer.fixedBytes + NumberText.limit + LineTemplate.slack + 1
                var isComposed = true
                while index < count, isComposed {
                    let line = fixed + identities[index].count
                    let room = line + min(Self.chunkBytes, line * (count - index - 1))
                    bytes.append(addingCapacity: room) { span in
                        span.withUnsafeMutableBufferPointer { buffer, written in
                            guard let start = UnsafeMutableRawPointer(buffer.baseAddress) else { return }
                            let end = start + buffer.count
                            var out = start
                            while index < count, end - out >= fixed + identities[index].count {
                                let identity = identities[index]
                                guard
                                    let at = composer.write(identity, to: out)
                                        ?? composer.writeSome(identity, to: out)
                                else {
                                    isComposed = false
                                    break
                                }
                                out = at + number(index, at)
                                out.storeBytes(of: UInt8(ascii: "\n"), as: UInt8.self)
                                out += 1
                                index += 1
                            }
                            written = out - start
                        }
                    }
                }
            }
        }
        next = index
    }
}
