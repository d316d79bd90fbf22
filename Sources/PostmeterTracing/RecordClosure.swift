/// A closure behind an address, for threads that hold a slot and no reference.
///
/// The pool keeps it for as long as its memory.
final class RecordClosure<Result>: Sendable {
    let call: @Sendable () -> Result

    init(_ call: @escaping @Sendable () -> Result) {
        self.call = call
    }

    var address: UInt {
        UInt(bitPattern: Unmanaged.passUnretained(self).toOpaque())
    }

    /// The closure at an address; nil at 0.
    static func at(_ address: UInt) -> RecordClosure? {
        UnsafeRawPointer(bitPattern: address).map {
            Unmanaged<RecordClosure>.fromOpaque($0).takeUnretainedValue()
        }
    }
}
