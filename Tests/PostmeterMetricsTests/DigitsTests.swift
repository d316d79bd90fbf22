import CPrimitives
import Testing

@Suite
struct DigitsTests {
    private static func text(_ value: UInt64) -> String {
        var bytes = [UInt8](repeating: 0xff, count: 24)
        let count = pm_digits_u64(&bytes, value)
        #expect(bytes[count...].allSatisfy { $0 == 0xff })
        return String(decoding: bytes[..<count], as: UTF8.self)
    }

    private static func text(_ value: Int64) -> String {
        var bytes = [UInt8](repeating: 0xff, count: 24)
        let count = pm_digits_i64(&bytes, value)
        #expect(bytes[count...].allSatisfy { $0 == 0xff })
        return String(decoding: bytes[..<count], as: UTF8.self)
    }

    @Test func `every number of digits is written, at both of its ends`() {
        var power: UInt64 = 1
        for _ in 0..<20 {
            for value in [power &- 1, power, power &+ 1, power &* 3, power &* 9 &+ 7] {
                #expect(Self.text(value) == String(value))
            }
            power = power &* 10
        }
        for value in UInt64(0)...2_000 { #expect(Self.text(value) == String(value)) }
        for shift in 0..<64 {
            #expect(Self.text(UInt64(1) << UInt64(shift)) == String(UInt64(1) << UInt64(shift)))
        }
        #expect(Self.text(UInt64.max) == "18446744073709551615")
    }

    @Test func `signed numbers carry their sign`() {
        for value in [0, 1, -1, 9, -9, 10, -10, -99, -100, 12_345, -12_345, Int64.max, Int64.min] {
            #expect(Self.text(value) == String(value))
        }
    }
}
