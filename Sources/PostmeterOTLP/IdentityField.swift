import COTLP
import PostmeterModel

/// The attributes of the present point, as one field that the schema does not know.
///
/// protobuf-c writes the tag of such a field and then its bytes as they are, and the bytes behind the first
/// tag of an identity hold all of its attributes.
struct IdentityField: ~Copyable {
    let field: UnsafeMutablePointer<ProtobufCMessageUnknownField>

    init() {
        field = .allocate(capacity: 1)
        field.initialize(to: ProtobufCMessageUnknownField())
        field.pointee.wire_type = PROTOBUF_C_WIRE_TYPE_LENGTH_PREFIXED
    }

    deinit {
        field.deallocate()
    }

    /// Points at the attributes of a series and returns the number of fields that stand for them: 0 or 1.
    @inline(__always)
    func load(_ identity: SeriesIdentity) -> UInt32 {
        guard identity.count > 0 else { return 0 }
        let start = identity.start.assumingMemoryBound(to: UInt8.self)
        field.pointee.tag = UInt32(start.pointee >> 3)
        field.pointee.len = identity.count - 1
        // protobuf-c only reads it.
        field.pointee.data = UnsafeMutablePointer(mutating: start + 1)
        return 1
    }
}
