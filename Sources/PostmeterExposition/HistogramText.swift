import CPrimitives

/// The lines of a histogram: cumulative buckets, the last of them `+Inf`, then sum and count.
struct HistogramText {
    /// The number of buckets in a snapshot, the last one being above all bounds.
    let width: Int
    /// `name_bucket{`.
    private let bucket: [UInt8]
    /// `le="0.005"} ` for each bucket; empty for a bound that is not finite, which `+Inf` stands for.
    private let edges: [[UInt8]]
    /// `name_sum`; empty when there may be none.
    private let sum: [UInt8]
    /// `name_count`; empty when there may be none.
    private let count: [UInt8]
    /// The most bytes of a histogram's lines besides its labels.
    private let fixedBytes: Int

    init(_ name: String, bounds: [Double], format: ExpositionFormat) {
        width = bounds.count + 1
        bucket = Array("\(name)_bucket{".utf8)
        edges =
            bounds.map { bound in
                guard bound.isFinite else { return [] }
                let text = NumberText.bytes(bound, canonical: format == .openMetrics)
                return Array("le=\"".utf8) + text + Array("\"} ".utf8)
            } + [Array("le=\"+Inf\"} ".utf8)]
        // OpenMetrics forbids the sum of a histogram that may hold negative values, and with it the count.
        let hasSum = format == .text || (bounds.first ?? 0) >= 0
        sum = hasSum ? Array("\(name)_sum".utf8) : []
        count = hasSum ? Array("\(name)_count".utf8) : []
        let line = bucket.count + NumberText.limit + 4
        fixedBytes = edges.reduce(2 * line) { $0 + $1.count + line }
    }

    /// Appends the lines of the series at `index`; `labels` is `a="x",b="y"` or empty.
    func append(labels: [UInt8], counts: [UInt64], sum total: Double, at index: Int, to bytes: inout [UInt8])
    {
        let room = fixedBytes + (width + 2) * (labels.count + 1)
        bytes.append(addingCapacity: room) { span in
            span.withUnsafeMutableBufferPointer { buffer, written in
                guard let start = UnsafeMutableRawPointer(buffer.baseAddress) else { return }
                var cursor = Cursor(at: start)
                var cumulative: UInt64 = 0
                for (place, edge) in edges.enumerated() {
                    cumulative &+= counts[index * width + place]
                    guard !edge.isEmpty else { continue }
                    cursor.put(bucket)
                    if !labels.isEmpty {
                        cursor.put(labels)
                        cursor.put(UInt8(ascii: ","))
                    }
                    cursor.put(edge)
                    cursor.put(cumulative)
                }
                if !sum.isEmpty {
                    cursor.put(sum, labels: labels)
                    cursor.at += NumberText.write(total, to: cursor.at)
                    cursor.put(UInt8(ascii: "\n"))
                    cursor.put(count, labels: labels)
                    cursor.put(cumulative)
                }
                written = cursor.at - start
            }
        }
    }

    /// Where the next bytes go; the room was asked for before.
    private struct Cursor {
        var at: UnsafeMutableRawPointer

        mutating func put(_ byte: UInt8) {
            at.storeBytes(of: byte, as: UInt8.self)
            at += 1
        }

        mutating func put(_ bytes: [UInt8]) {
            bytes.withUnsafeBytes { source in
                guard let start = source.baseAddress else { return }
                at.copyMemory(from: start, byteCount: source.count)
                at += source.count
            }
        }

        /// A name with its labels and the space after them.
        mutating func put(_ name: [UInt8], labels: [UInt8]) {
            put(name)
            if !labels.isEmpty {
                put(UInt8(ascii: "{"))
                put(labels)
                put(UInt8(ascii: "}"))
            }
            put(UInt8(ascii: " "))
        }

        /// A number that ends the line.
        mutating func put(_ number: UInt64) {
            at += pm_digits_u64(at.assumingMemoryBound(to: UInt8.self), number)
            put(UInt8(ascii: "\n"))
        }
    }
}
