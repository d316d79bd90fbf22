import PostmeterModel
import Tracing

extension AttributeValue {
    /// The value of a span attribute; nil for a type that this version does not know.
    init?(_ attribute: SpanAttribute) {
        switch attribute {
        case .int32(let value): self = .int(Int64(value))
        case .int64(let value): self = .int(value)
        case .int32Array(let values): self = .ints(values.map(Int64.init))
        case .int64Array(let values): self = .ints(values)
        case .double(let value): self = .double(value)
        case .doubleArray(let values): self = .doubles(values)
        case .bool(let value): self = .bool(value)
        case .boolArray(let values): self = .bools(values)
        case .string(let value): self = .string(value)
        case .stringArray(let values): self = .strings(values)
        case .stringConvertible(let value): self = .string("\(value)")
        case .stringConvertibleArray(let values): self = .strings(values.map { "\($0)" })
        default: return nil
        }
    }
}
