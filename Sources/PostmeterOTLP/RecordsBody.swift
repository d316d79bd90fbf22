import COTLP
import PostmeterModel

/// An `ExportTraceServiceRequest` or `ExportLogsServiceRequest`, which are the same on the wire: envelopes
/// around the bodies of spans or log records that exist already.
///
/// protobuf-c copies the records, some at a time, from where they are to where they stay.
enum RecordsBody {
    typealias Batch = (scope: InstrumentationScope, records: EncodedRecords)

    /// How many records protobuf-c is given at once.
    private static let pieceLimit = 256

    /// The request, or nil when there are no records.
    static func bytes(of batches: [Batch], resource: [UInt8]) -> [UInt8]? {
        var sections: [(scope: InstrumentationScope, batches: [EncodedRecords])] = []
        var places: [InstrumentationScope: Int] = [:]
        for batch in batches where !batch.records.isEmpty {
            let place = places[batch.scope] ?? sections.count
            if place == sections.count {
                sections.append((batch.scope, []))
                places[batch.scope] = place
            }
            sections[place].batches.append(batch.records)
        }
        guard !sections.isEmpty else { return nil }
        return bytes(of: sections, resource: ResourceFrame.head(resource))
    }

    private static func bytes(
        of sections: [(scope: InstrumentationScope, batches: [EncodedRecords])], resource: [UInt8]
    ) -> [UInt8] {
        let scopes = sections.map { ScopeFrame($0.scope) }
        let sizes = sections.indices.map { index in
            scopes[index].size(content: sections[index].batches.reduce(0) { $0 + size(of: $1) })
        }
        let content = sizes.reduce(resource.count) { $0 + WireSize.field($1) }
        let total = WireSize.field(content)
        return [UInt8](unsafeUninitializedCapacity: total) { buffer, count in
            guard let start = buffer.baseAddress else { return }
            var place = WirePlace(start)
            place.open(0x0a, length: content)
            place.copy(resource)
            for (index, section) in sections.enumerated() {
                place.open(0x12, length: sizes[index])
                place.copy(scopes[index].head)
                for records in section.batches { write(records, to: &place) }
                place.copy(scopes[index].tail)
            }
            count = place.next - start
            assert(count == total)
        }
    }

    /// The bytes of the records' fields.
    private static func size(of records: EncodedRecords) -> Int {
        var size = 0
        var start = 0
        for end in records.ends {
            size += WireSize.field(end - start)
            start = end
        }
        return size
    }

    private static func write(_ records: EncodedRecords, to place: inout WirePlace) {
        var message = Otlp__ScopeRecords()
        otlp__scope_records__init(&message)
        records.bytes.withUnsafeBufferPointer { bytes in
            withUnsafeTemporaryAllocation(of: ProtobufCBinaryData.self, capacity: pieceLimit) { piece in
                message.records = piece.baseAddress
                var start = 0
                var filled = 0
                for end in records.ends {
                    // protobuf-c only reads it.
                    let data = UnsafeMutablePointer(mutating: bytes.baseAddress.map { $0 + start })
                    piece.initializeElement(at: filled, to: ProtobufCBinaryData(len: end - start, data: data))
                    filled += 1
                    start = end
                    if filled == pieceLimit {
                        message.n_records = filled
                        place.pack(&message)
                        filled = 0
                    }
                }
                message.n_records = filled
                place.pack(&message)
            }
        }
    }
}
