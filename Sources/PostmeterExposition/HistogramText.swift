import CPrimitives

/// The lines of a histogram: cumulative buckets, the last of them `+Inf`, then sum and count.
struct HistogramText {
    /// The buckets of a histogram.
    struct Edges {
        /// `le="0.005"} ` for each bucket; empty for a bound that is not finite, which `+Inf` stands for.
        let texts: [[UInt8]]
        /// Their bytes.
        let byteCount: Int

        init(_ texts: [[UInt8]]) {
            self.texts = texts
            byteCount = texts.reduce(0) { $0 + $1.count }
        }

        /// The buckets up to some bounds, and the one above all of them.
        init(bounds: [Double], format: ExpositionFormat) {
            self.init(bounds.map { $0.isFinite ? Self.text($0, format) : [] } + [Self.last])
        }

        /// The edge above all bounds.
        static let last = Array("le=\"+Inf\"} ".utf8)

        /// The edge at a bound.
        static func text(_ bound: Double, _ format: ExpositionFormat) -> [UInt8] {
            let text = NumberText.bytes(bound, canonical: format == .openMetrics)
            return Array("le=\"".utf8) + text + Array("\"} ".utf8)
        }

        /// The place of the bucket that stands for the one at a place.
        func shown(_ place: Int) -> Int {
            texts[place...].firstIndex { !$0.isEmpty } ?? place
        }
    }

    /// `name_bucket{`.
    private let bucket: [UInt8]
    /// `name_sum`.
    private let sum: [UInt8]
    /// `name_count`.
    private let count: [UInt8]

    init(_ name: String) {
        bucket = Array("\(name)_bucket{".utf8)
        sum = Array("\(name)_sum".utf8)
        count = Array("\(name)_count".utf8)
    }

    /// Appends the lines of one series.
    ///
    /// `labels` is `a="x",b="y"` or empty. There is one of `counts`, which are not cumulative, for each of
    /// the edges. With a sum of nil there is neither sum nor count. `exemplars` are those of buckets that are
    /// shown, in their order.
    func append(
        labels: [UInt8],
        edges: Edges,
        counts: ArraySlice<UInt64>,
        sum total: Double?,
        exemplars: [(bucket: Int, text: [UInt8])] = [],
        to bytes: inout [UInt8]
    ) {
        let line = bucket.count + labels.count + NumberText.limit + 5
        var room = edges.byteCount + (edges.texts.count + 2) * line
        for exemplar in exemplars { room += exemplar.text.count }
        bytes.append(addingCapacity: room) { span in
            span.withUnsafeMutableBufferPointer { buffer, written in
                guard let start = UnsafeMutableRawPointer(buffer.baseAddress) else { return }
                var cursor = Cursor(at: start)
                var cumulative: UInt64 = 0
                var next = 0
                for (place, edge) in edges.texts.enumerated() {
                    cumulative &+= counts[counts.startIndex + place]
                    guard !edge.isEmpty else { continue }
                    cursor.put(bucket)
                    if !labels.isEmpty {
                        cursor.put(labels)
                        cursor.put(UInt8(ascii: ","))
                    }
                    cursor.put(edge)
                    cursor.put(cumulative)
                    if next < exemplars.count, exemplars[next].bucket == place {
                        cursor.put(exemplars[next].text)
                        next += 1
                    }
                    cursor.put(UInt8(ascii: "\n"))
                }
                if let total {
                    cursor.put(sum, labels: labels)
                    cursor.at += NumberText.write(total, to: cursor.at)
                    cursor.put(UInt8(ascii: "\n"))
                    cursor.put(count, labels: labels)
                    cursor.put(cumulative)
                    cursor.put(UInt8(ascii: "\n"))
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

        mutating func put(_ number: UInt64) {
            at += pm_digits_u64(at.assumingMemoryBound(to: UInt8.self), number)
        }
    }
}
