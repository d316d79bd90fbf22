import COTLP
import PostmeterModel

/// One `ExportTraceServiceRequest` under construction: envelopes around span bodies that exist already.
struct TraceRequest: ~Copyable {
    private var arena = EncodingArena()
    /// The most bytes that the request can take.
    private var bound = 0

    init() {}

    /// The request; `bodies` are the bytes of the batches, which must stay where they are.
    mutating func encode(
        _ batches: [(scope: InstrumentationScope, spans: EncodedRecords)],
        bodies: [UnsafeRawBufferPointer],
        resource: [UInt8]
    ) -> [UInt8] {
        var order: [InstrumentationScope] = []
        var members: [InstrumentationScope: [Int]] = [:]
        for (index, batch) in batches.enumerated() {
            if members[batch.scope] == nil { order.append(batch.scope) }
            members[batch.scope, default: []].append(index)
        }
        var scopes: [UnsafeMutablePointer<Otlp__ScopeSpans>?] = []
        for scope in order {
            let spans = spans(members[scope] ?? [], of: batches, bodies: bodies)
            var scopeSpans = Otlp__ScopeSpans()
            otlp__scope_spans__init(&scopeSpans)
            scopeSpans.scope = data(scope.encoded)
            scopeSpans.n_spans = spans.count
            scopeSpans.spans = spans.baseAddress
            bound += WireBound.prefix
            scopes.append(arena.store(scopeSpans))
        }
        var resourceSpans = Otlp__ResourceSpans()
        otlp__resource_spans__init(&resourceSpans)
        resourceSpans.resource = data(resource)
        resourceSpans.n_scope_spans = scopes.count
        resourceSpans.scope_spans = arena.store(scopes).baseAddress
        var request = Otlp__ExportTraceRequest()
        otlp__export_trace_request__init(&request)
        request.n_resource_spans = 1
        request.resource_spans = arena.store(arena.store(resourceSpans))
        bound += WireBound.prefix
        return [UInt8](unsafeUninitializedCapacity: bound) { buffer, count in
            count = otlp__export_trace_request__pack(&request, buffer.baseAddress)
            assert(count <= buffer.count)
        }
    }

    /// The spans of some batches, one after the other, where they are.
    private mutating func spans(
        _ members: [Int],
        of batches: [(scope: InstrumentationScope, spans: EncodedRecords)],
        bodies: [UnsafeRawBufferPointer]
    ) -> UnsafeMutableBufferPointer<ProtobufCBinaryData> {
        let count = members.reduce(0) { $0 + batches[$1].spans.count }
        let spans = arena.allocate(ProtobufCBinaryData.self, count: count)
        var next = 0
        for member in members {
            var start = 0
            for end in batches[member].spans.ends {
                let body = UnsafeRawBufferPointer(rebasing: bodies[member][start..<end])
                // protobuf-c only reads it.
                let address = UnsafeMutablePointer(
                    mutating: body.baseAddress?.assumingMemoryBound(to: UInt8.self)
                )
                spans.initializeElement(at: next, to: ProtobufCBinaryData(len: body.count, data: address))
                bound += WireBound.field(body.count)
                next += 1
                start = end
            }
        }
        return spans
    }

    /// A field of bytes, copied.
    private mutating func data(_ bytes: [UInt8]) -> ProtobufCBinaryData {
        let copy = arena.store(bytes)
        bound += WireBound.field(copy.count)
        return ProtobufCBinaryData(len: copy.count, data: copy.baseAddress)
    }
}
