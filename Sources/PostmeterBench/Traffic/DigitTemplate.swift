/// A text with places for numbers of a fixed width, each written as a run of `#`.
struct DigitTemplate: Sendable {
    /// The text, zeros in its places.
    let bytes: [UInt8]
    /// Where the places are, in the order of the text.
    private let places: [Range<Int>]

    init(_ text: String) {
        var bytes = Array(text.utf8)
        var places: [Range<Int>] = []
        var start: Int?
        for place in bytes.indices {
            if bytes[place] == UInt8(ascii: "#") {
                bytes[place] = UInt8(ascii: "0")
                start = start ?? place
            } else if let first = start {
                places.append(first..<place)
                start = nil
            }
        }
        self.bytes = bytes
        self.places = places
    }

    /// Writes numbers into the places of a copy of the text.
    func write(_ numbers: [Int], into text: UnsafeMutableRawBufferPointer) {
        for (number, place) in zip(numbers, places) {
            Self.write(number, into: text, at: place)
        }
    }

    /// Writes the last digits of a number, zeros before it.
    static func write(_ number: Int, into text: UnsafeMutableRawBufferPointer, at place: Range<Int>) {
        var rest = number
        for index in place.reversed() {
            text[index] = UInt8(ascii: "0") + UInt8(rest % 10)
            rest /= 10
        }
    }
}
