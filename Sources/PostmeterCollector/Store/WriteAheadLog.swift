internal import Glibc

/// The write-ahead log beside a database, as far as SQLite does not say what is wrong with it.
///
/// SQLite passes a log over whose first bytes are damaged, as if there were none: the last checkpoints in it are
/// gone without a word.
struct WriteAheadLog {
    private static let headerBytes = 32
    private static let version: UInt32 = 3_007_000

    /// Where it stands.
    let path: String

    init(database: String) {
        path = database + "-wal"
    }

    /// Whether there is a log and its header is none.
    ///
    /// One that is shorter than a header, as a crash may leave it, holds nothing and is sound.
    var isDamaged: Bool {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return false }
        defer { close(file) }
        var header = [UInt8](repeating: 0, count: Self.headerBytes)
        guard pread(file, &header, header.count, 0) == header.count else { return false }
        return !Self.isHeader(header)
    }

    static func isHeader(_ bytes: [UInt8]) -> Bool {
        guard bytes.count == headerBytes else { return false }
        func word(_ index: Int, isBigEndian: Bool) -> UInt32 {
            let four = bytes[(index * 4)..<(index * 4 + 4)]
            return isBigEndian
                ? four.reduce(0) { $0 << 8 | UInt32($1) } : four.reversed().reduce(0) { $0 << 8 | UInt32($1) }
        }
        let magic = word(0, isBigEndian: true)
        guard magic & ~1 == 0x377f_0682, word(1, isBigEndian: true) == version else { return false }
        // The last bit of the magic says in which order the words are summed.
        var (first, second): (UInt32, UInt32) = (0, 0)
        for index in stride(from: 0, to: 6, by: 2) {
            first &+= word(index, isBigEndian: magic & 1 == 1) &+ second
            second &+= word(index + 1, isBigEndian: magic & 1 == 1) &+ first
        }
        return word(6, isBigEndian: true) == first && word(7, isBigEndian: true) == second
    }
}
