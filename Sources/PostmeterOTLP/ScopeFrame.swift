import COTLP
import PostmeterModel

/// What of `ScopeMetrics`, `ScopeSpans` or `ScopeLogs` is the same in every body; they are alike on the wire.
struct ScopeFrame: Sendable {
    /// The field before the content: the scope.
    let head: [UInt8]
    /// The field behind the content: the URL of the scope's schema.
    let tail: [UInt8]

    init(_ scope: InstrumentationScope) {
        head = PackedMessage.lend(scope.encoded) { scope in
            var message = Otlp__ScopeRecords()
            otlp__scope_records__init(&message)
            message.scope = scope
            return PackedMessage.bytes(of: &message)
        }
        tail = PackedMessage.lend(Array(scope.schemaURL.utf8)) { url in
            var message = Otlp__ScopeRecords()
            otlp__scope_records__init(&message)
            message.schema_url = url
            return PackedMessage.bytes(of: &message)
        }
    }

    /// The bytes of the message when those of its content are `content`.
    func size(content: Int) -> Int {
        head.count + content + tail.count
    }
}

/// What of `ResourceMetrics`, `ResourceSpans` or `ResourceLogs` is the same in every body.
enum ResourceFrame {
    /// The field of the resource.
    static func head(_ resource: [UInt8]) -> [UInt8] {
        PackedMessage.lend(resource) { resource in
            var message = Otlp__ResourceRecords()
            otlp__resource_records__init(&message)
            message.resource = resource
            return PackedMessage.bytes(of: &message)
        }
    }
}

extension InstrumentationScope {
    /// The body of the `InstrumentationScope` message.
    fileprivate var encoded: [UInt8] {
        var writer = ProtobufWriter()
        if !name.isEmpty { writer.string(name, tag: 0x0a) }
        if !version.isEmpty { writer.string(version, tag: 0x12) }
        for attribute in attributes { writer.append(attribute, tag: AttributeField.scope.tag) }
        return writer.bytes
    }
}
