/// The vendors' state of a trace, for a span that carries one.
final class SpanState: Sendable {
    let text: String

    init(_ text: String) {
        self.text = text
    }

    /// A box that somebody has to release; nil for no state.
    @inline(__always)
    static func retained(_ text: String) -> UnsafeMutableRawPointer? {
        text.isEmpty ? nil : make(text)
    }

    @inline(never)
    private static func make(_ text: String) -> UnsafeMutableRawPointer {
        Unmanaged.passRetained(SpanState(text)).toOpaque()
    }
}
