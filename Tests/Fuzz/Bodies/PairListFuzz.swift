import PostmeterModel
import Synchronization

@testable import Postmeter

/// `key=value` lists of variables, such as `OTEL_EXPORTER_OTLP_HEADERS` and `OTEL_RESOURCE_ATTRIBUTES`.
enum PairListFuzz {
    static let target = FuzzTarget("otel-pairs", run)

    @Sendable private static func run(_ input: [UInt8]) throws {
        let text = String(decoding: input, as: UTF8.self)
        let (pairs, warnings) = read(text)
        guard let pairs else {
            let isBlank = text.allSatisfy(\.isWhitespace)
            try require(warnings == (isBlank ? 0 : 1), "\(text.debugDescription) gives \(warnings) warnings")
            return
        }
        try require(warnings == 0 && pairs.allSatisfy { !$0.key.isEmpty }, "\(pairs)")
        guard !pairs.isEmpty else { return }
        let written = pairs.map { encoded($0.key) + "=" + encoded($0.value) }.joined(separator: ",")
        let again = read(written).pairs ?? []
        try require(
            again.map { [Array($0.key.utf8), Array($0.value.utf8)] }
                == pairs.map { [Array($0.key.utf8), Array($0.value.utf8)] },
            "\(text.debugDescription) is \(pairs), written as \(written), which is \(again)"
        )
    }

    private static func read(_ text: String) -> (pairs: [(key: String, value: String)]?, warnings: Int) {
        let warnings = Mutex(0)
        let reader = EnvironmentReader(["X": text], Diagnostics { _ in warnings.withLock { $0 += 1 } })
        let pairs = reader.pairs("X") { _, _ in true }
        return (pairs, warnings.withLock(\.self))
    }

    private static func encoded(_ text: String) -> String {
        let digits = Array("0123456789ABCDEF".utf8)
        let bytes = text.utf8.flatMap { [0x25, digits[Int($0 >> 4)], digits[Int($0 & 15)]] }
        return String(decoding: bytes, as: UTF8.self)
    }
}
