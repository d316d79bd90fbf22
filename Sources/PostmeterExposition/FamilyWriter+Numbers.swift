import PostmeterModel

extension FamilyWriter {
    /// The room that is asked of the output at a time.
    private static let chunkBytes = 64 * 1_024

    /// Writes a line a series; `number` writes a value and returns its length.
    @inline(__always)
    func writeNumbers<Value>(
        _ identities: [SeriesIdentity],
        _ values: [Value],
        _ template: LineTemplate,
        to bytes: inout [UInt8],
        _ number: (Value, UnsafeMutableRawPointer) -> Int
    ) {
        let count = min(identities.count, values.count)
        var next = 0
        while next < count {
            let isWhole = compose(
                identities,
                template,
                upTo: count,
                from: &next,
                to: &bytes
            ) { number(values[$0], $1) }
            guard !isWhole, next < count else { continue }
            let labels = LabelSet(identities[next].bytes, reserved: reservedLabel)
            appendNumber(labels, to: &bytes) { number(values[next], $0) }
            next += 1
        }
    }

    /// Appends one line from labels that were read one by one.
    func appendNumber(
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

    /// Composes lines into one piece of room until it is full or the series are done, and says whether all
    /// that it came to could be composed; if not, `next` is the one that could not.
    @inline(__always)
    private func compose(
        _ identities: [SeriesIdentity],
        _ template: LineTemplate,
        upTo count: Int,
        from next: inout Int,
        to bytes: inout [UInt8],
        _ number: (Int, UnsafeMutableRawPointer) -> Int
    ) -> Bool {
        let fixed = template.fixedBytes + NumberText.limit + LineTemplate.slack + 1
        let line = fixed + identities[next].count
        let room = line + min(Self.chunkBytes, line * (count - next - 1))
        var index = next
        var isWhole = true
        identities.withUnsafeBufferPointer { identities in
            template.withComposer { composer in
                bytes.append(addingCapacity: room) { span in
                    span.withUnsafeMutableBufferPointer { buffer, written in
                        guard let start = UnsafeMutableRawPointer(buffer.baseAddress) else { return }
                        let end = start + buffer.count
                        var out = start
                        while index < count, end - out >= fixed + identities[index].count {
                            guard let at = composer.write(identities[index], to: out) else {
                                isWhole = false
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
        next = index
        return isWhole
    }
}
