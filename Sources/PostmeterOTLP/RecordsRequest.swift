import COTLP
import PostmeterModel

/// One `ExportTraceServiceRequest` or `ExportLogsServiceRequest` under construction, which are the same on
/// the wire: envelopes around the bodies of spans or log records that exist already.
struct RecordsRequest: ~Copyable {
    typealias Batch = (scope: InstrumentationScope, records: EncodedRecords)

    private var arena = EncodingArena()
    /// The most bytes that the request can take.
    private var bound = 0

    init() {}

    /// The request; what a single batch holds is packed from where it is, what several hold is copied
    /// together.
    mutating func encode(_ batches: [Batch], resource: [UInt8]) -> [UInt8] {
        if let only = batches.first, batches.count == 1 {
            return only.records.bytes.withUnsafeBytes { pack(batches, bodies: [$0], resource: resource) }
        }
        var bodies: [UnsafeRawBufferPointer] = []
        for batch in batches { bodies.append(UnsafeRawBufferPointer(arena.store(batch.records.bytes))) }
        return pack(batches, bodies: bodies, resource: resource)
    }

    /// The request; `bodies` are the bytes of the batches, which stay where they are.
    private mutating func pack(
        _ batches: [Batch],
        bodies: [UnsafeRawBufferPointer],
        resource: [UInt8]
    ) -> [UInt8] {
        var order: [InstrumentationScope] = []
        var members: [InstrumentationScope: [Int]] = [:]
        for (index, batch) in batches.enumerated() {
            if members[batch.scope] == nil { order.append(batch.scope) }
            members[batch.scope, default: []].append(index)
        }
        var scopes: [UnsafeMutablePointer<Otlp__ScopeRecords>?] = []
        for scope in order {
            let records = records(members[scope] ?? [], of: batches, bodies: bodies)
            var scopeRecords = Otlp__ScopeRecords()
            otlp__scope_records__init(&scopeRecords)
            scopeRecords.scope = data(scope.encoded)
            scopeRecords.n_records = records.count
            scopeRecords.records = records.baseAddress
            bound += WireBound.prefix
            scopes.append(arena.store(scopeRecords))
        }
        var resourceRecords = Otlp__ResourceRecords()
        otlp__resource_records__init(&resourceRecords)
        resourceRecords.resource = data(resource)
        resourceRecords.n_scope_records = scopes.count
        resourceRecords.scope_records = arena.store(scopes).baseAddress
        var request = Otlp__ExportRecordsRequest()
        otlp__export_records_request__init(&request)
        request.n_resource_records = 1
        request.resource_records = arena.store(arena.store(resourceRecords))
        bound += WireBound.prefix
        return [UInt8](unsafeUninitializedCapacity: bound) { buffer, count in
            count = otlp__export_records_request__pack(&request, buffer.baseAddress)
            assert(count <= buffer.count)
        }
    }

    /// The records of some batches, one after the other, where they are.
    private mutating func records(
        _ members: [Int],
        of batches: [Batch],
        bodies: [UnsafeRawBufferPointer]
    ) -> UnsafeMutableBufferPointer<ProtobufCBinaryData> {
        let count = members.reduce(0) { $0 + batches[$1].records.count }
        let records = arena.allocate(ProtobufCBinaryData.self, count: count)
        var next = 0
        for member in members {
            var start = 0
            for end in batches[member].records.ends {
                let body = UnsafeRawBufferPointer(rebasing: bodies[member][start..<end])
                // protobuf-c only reads it.
                let address = UnsafeMutablePointer(
                    mutating: body.baseAddress?.assumingMemoryBound(to: UInt8.self)
                )
                records.initializeElement(at: next, to: ProtobufCBinaryData(len: body.count, data: address))
                bound += WireBound.field(body.count)
                next += 1
                start = end
            }
        }
        return records
    }

    /// A field of bytes, copied.
    private mutating func data(_ bytes: [UInt8]) -> ProtobufCBinaryData {
        let copy = arena.store(bytes)
        bound += WireBound.field(copy.count)
        return ProtobufCBinaryData(len: copy.count, data: copy.baseAddress)
    }
}
