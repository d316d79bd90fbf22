import PostmeterModel

extension FamilyText {
    /// Writes a line a series.
    mutating func writeNumbers<Value: SampleNumber>(
        _ values: [Value],
        to bytes: inout [UInt8],
        until limit: Int,
        _ distinct: inout DistinctLabels
    ) -> Bool {
        let count = min(family.identities.count, values.count)
        while next < count {
            guard bytes.count < limit else { return false }
            if isAsked, !distinct.admit(family.identities[next], family, at: place) {
                next += 1
                continue
            }
            let marked = isAsked ? next : exemplars.first(from: next) ?? count
            if let lines, marked > next {
                writeLines(lines, values, upTo: min(marked, count), to: &bytes, until: limit)
                // Where the composer gave up, this one line is left to the other way.
                guard next < marked, bytes.count < limit, next < count else { continue }
            }
            writeLine(values[next], to: &bytes)
            next += 1
        }
        return true
    }

    /// Writes the line of the next series from labels that are composed alone, and what belongs to it.
    private mutating func writeLine(_ number: some SampleNumber, to bytes: inout [UInt8]) {
        composeLabels(next)
        sample.append(labels: scratch, to: &bytes)
        bytes.append(addingCapacity: NumberText.limit) { span in
            span.withUnsafeMutableBufferPointer { buffer, count in
                guard let start = buffer.baseAddress else { return }
                count = number.write(to: start)
            }
        }
        let newest = exemplars.take(next).filter(\.value.isFinite).max { $0.time < $1.time }
        if let newest { ExemplarText.append(newest, to: &bytes) }
        bytes.append(UInt8(ascii: "\n"))
        guard group.isTotal, let created = created(next) else { return }
        createdSample.append(labels: scratch, to: &bytes)
        bytes += created
        bytes.append(UInt8(ascii: "\n"))
    }

    /// Composes lines up to a series or the limit of the output, or until one comes that cannot be composed.
    private mutating func writeLines<Value: SampleNumber>(
        _ template: LineTemplate,
        _ values: [Value],
        upTo count: Int,
        to bytes: inout [UInt8],
        until limit: Int
    ) {
        var index = next
        family.identities.withUnsafeBufferPointer { identities in
            values.withUnsafeBufferPointer { values in
                template.withComposer { composer in
                    var isComposed = true
                    while index < count, isComposed, bytes.count < limit {
                        let line = composer.room + identities[index].count
                        let left = min(limit - bytes.count, Self.stepBytes)
                        let room = line + min(left, line * (count - index - 1))
                        bytes.append(addingCapacity: room) { span in
                            span.withUnsafeMutableBufferPointer { buffer, written in
                                guard let start = UnsafeMutableRawPointer(buffer.baseAddress) else { return }
                                let end = start + buffer.count
                                var out = start
                                while index < count {
                                    index += Value.writeLines(
                                        composer,
                                        UnsafeBufferPointer(rebasing: identities[index..<count]),
                                        UnsafeBufferPointer(rebasing: values[index..<count]),
                                        to: &out, until: end)
                                    guard index < count, end - out >= composer.room + identities[index].count
                                    else { break }
                                    guard let at = composer.write(identities[index], to: out) else {
                                        isComposed = false
                                        break
                                    }
                                    out = at + values[index].write(to: at)
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
        }
        next = index
    }

    /// The most room that is asked of the output at a time.
    private static let stepBytes = 64 * 1_024
}
