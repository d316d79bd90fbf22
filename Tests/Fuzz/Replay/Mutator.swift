/// Changes inputs as a fuzzer does, the same way each time.
struct Mutator {
    private var state: UInt64
    private let corpus: [[UInt8]]

    /// Makes one that takes its inputs from `corpus`, and pieces to put into them.
    init(seed: UInt64, corpus: [[UInt8]]) {
        state = seed
        self.corpus = corpus
    }

    /// Another input.
    mutating func next() -> [UInt8] {
        var input = any(of: corpus) ?? []
        for _ in 0...below(4) { change(&input) }
        return Array(input.prefix(4_096))
    }

    private mutating func change(_ input: inout [UInt8]) {
        let place = below(input.count + 1)
        let length = 1 + below(min(16, input.count - place + 1))
        let end = min(input.count, place + length)
        switch below(7) {
        case 0 where place < input.count:
            input[place] ^= 1 << UInt8(below(8))
        case 1 where place < input.count:
            input[place] = UInt8(below(256))
        case 2:
            input.removeSubrange(place..<end)
        case 3:
            input.insert(contentsOf: input[place..<end], at: below(input.count + 1))
        case 4:
            input.insert(contentsOf: (0..<length).map { _ in UInt8(below(256)) }, at: place)
        case 5:
            let other = any(of: corpus) ?? []
            let from = below(other.count + 1)
            input.replaceSubrange(place..<end, with: other[from...].prefix(below(64)))
        default:
            input.removeSubrange(place...)
        }
    }

    private mutating func any(of list: [[UInt8]]) -> [UInt8]? {
        list.isEmpty ? nil : list[below(list.count)]
    }

    /// A number from 0 to `limit` - 1, by SplitMix64.
    private mutating func below(_ limit: Int) -> Int {
        state &+= 0x9e37_79b9_7f4a_7c15
        var word = state
        word = (word ^ word >> 30) &* 0xbf58_476d_1ce4_e5b9
        word = (word ^ word >> 27) &* 0x94d0_49bb_1331_11eb
        word ^= word >> 31
        return limit > 0 ? Int(word % UInt64(limit)) : 0
    }
}
