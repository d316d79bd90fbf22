import CPrimitives

/// The lines of a histogram: cumulative buckets, the last of them `+Inf`, then sum and count, and when it began.
struct HistogramText {
    /// Copies are made in whole blocks, which reach this far beyond a piece.
    private static let slack = 32

    /// `name_bucket{`.
    private let bucket: [UInt8]
    private let sum: SampleText
    private let count: SampleText
    private let created: SampleText
    /// `name_bucket{labels,` of one series, and slack.
    private var head: [UInt8] = []

    init(_ name: String) {
        bucket = SampleText(name + "_bucket").opening
        sum = SampleText(name + "_sum")
        count = SampleText(name + "_count")
        created = SampleText(name + "_created")
    }

    /// Appends the lines of one series.
    ///
    /// `labels` is `a="x",b="y"` or empty. There is one of `counts`, which are not cumulative, for each of
    /// the edges. With a sum of nil there is neither sum nor count. `exemplars` are those of buckets that are
    /// shown, in their order.
    mutating func append(
        labels: [UInt8],
        edges: Edges,
        counts: ArraySlice<UInt64>,
        sum total: Double?,
        created began: [UInt8]?,
        exemplars: [(bucket: Int, text: [UInt8])],
        to bytes: inout [UInt8]
    ) {
        head.removeAll(keepingCapacity: true)
        head += bucket
        if !labels.isEmpty {
            head += labels
            head.append(UInt8(ascii: ","))
        }
        let headCount = head.count
        head += repeatElement(0, count: Self.slack)
        var room = edges.byteCount + edges.count * (headCount + NumberText.limit + 1) + Self.slack
        for exemplar in exemplars { room += exemplar.text.count }
        var cumulative: UInt64 = 0
        bytes.append(addingCapacity: room) { span in
            span.withUnsafeMutableBufferPointer { buffer, written in
                guard let start = buffer.baseAddress else { return }
                var out = start
                var next = 0
                head.withUnsafeBufferPointer { head in
                    edges.text.withUnsafeBufferPointer { text in
                        guard let head = head.baseAddress, let text = text.baseAddress else { return }
                        for (place, edge) in edges.pieces.enumerated() {
                            cumulative &+= counts[counts.startIndex + place]
                            guard edge.count > 0 else { continue }
                            out = pm_text_copy(out, head, headCount)
                            out = pm_text_copy(out, text + edge.start, edge.count)
                            out += pm_digits_u64(out, cumulative)
                            if next < exemplars.count, exemplars[next].bucket == place {
                                exemplars[next].text.withUnsafeBufferPointer {
                                    out.update(from: $0.baseAddress ?? head, count: $0.count)
                                }
                                out += exemplars[next].text.count
                                next += 1
                            }
                            out.pointee = UInt8(ascii: "\n")
                            out += 1
                        }
                    }
                }
                written = out - start
            }
        }
        if let total {
            sum.append(labels: labels, to: &bytes)
            append(to: &bytes) { NumberText.write(total, to: $0) }
            count.append(labels: labels, to: &bytes)
            append(to: &bytes) { pm_digits_u64($0.assumingMemoryBound(to: UInt8.self), cumulative) }
        }
        if let began {
            created.append(labels: labels, to: &bytes)
            bytes += began
            bytes.append(UInt8(ascii: "\n"))
        }
    }

    /// Appends a number and the end of its line.
    private func append(to bytes: inout [UInt8], _ number: (UnsafeMutableRawPointer) -> Int) {
        bytes.append(addingCapacity: NumberText.limit + 1) { span in
            span.withUnsafeMutableBufferPointer { buffer, written in
                guard let start = UnsafeMutableRawPointer(buffer.baseAddress) else { return }
                written = number(start) + 1
                start.storeBytes(of: UInt8(ascii: "\n"), toByteOffset: written - 1, as: UInt8.self)
            }
        }
    }
}

extension HistogramText {
    /// The buckets of a histogram: `le="0.005"} ` for each.
    struct Edges {
        /// All texts, each with slack behind it.
        fileprivate private(set) var text: [UInt8] = []
        /// The places of the texts; empty for a bound that is not finite, which `+Inf` stands for.
        fileprivate private(set) var pieces: [(start: Int, count: Int)] = []
        /// The bytes of the texts.
        fileprivate private(set) var byteCount = 0

        init(_ texts: [[UInt8]]) {
            for piece in texts {
                pieces.append((text.count, piece.count))
                byteCount += piece.count
                text += piece
                text += repeatElement(0, count: HistogramText.slack)
            }
        }

        /// The buckets up to some bounds, and the one above all of them.
        init(bounds: [Double], format: ExpositionFormat) {
            self.init(bounds.map { $0.isFinite ? Self.text($0, format) : [] } + [Self.last])
        }

        /// The number of buckets, those that are not shown included.
        var count: Int { pieces.count }

        /// The edge above all bounds.
        static let last = Array("le=\"+Inf\"} ".utf8)

        /// The edge at a bound.
        static func text(_ bound: Double, _ format: ExpositionFormat) -> [UInt8] {
            let text = NumberText.bytes(bound, canonical: format.isOpenMetrics)
            return Array("le=\"".utf8) + text + Array("\"} ".utf8)
        }

        /// The place of the bucket that stands for the one at a place.
        func shown(_ place: Int) -> Int {
            pieces[place...].firstIndex { $0.count > 0 } ?? place
        }
    }
}
