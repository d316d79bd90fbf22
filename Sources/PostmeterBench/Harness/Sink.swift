/// Takes a value in a way that the optimizer cannot see through, so that what made it is not left out.
@inline(never)
func sink<Value: ~Copyable>(_ value: borrowing Value) {}

/// Hands a value back in a way that the optimizer cannot see through, so that it is no constant.
@inline(never)
@_semantics("optimize.sil.specialize.generic.never")
func opaque<Value>(_ value: Value) -> Value { value }
