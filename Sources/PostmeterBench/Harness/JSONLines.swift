internal import Glibc

/// The file of results: a line a row, `{"name","median","min","unit","allocations","goal","met","others"}`.
///
/// What is not known of a row is null: `min` of one run, `goal` and `met` of a figure that only explains others;
/// `others` is the share of the machine's CPU that other processes took.
final class JSONLines {
    private let file: UnsafeMutablePointer<FILE>
    private let path: String

    /// Begins the file anew; its folder is made when it is missing.
    init(path: String) throws {
        self.path = path
        if let slash = path.lastIndex(of: "/") { mkdir(String(path[..<slash]), 0o755) }
        guard let file = fopen(path, "we") else {
            throw BenchmarkError("'\(path)' cannot be written: \(String(cString: strerror(errno)))")
        }
        self.file = file
    }

    deinit {
        fclose(file)
    }

    /// Adds a row; names and units are ours and hold nothing to be escaped.
    func write(_ row: Row) throws {
        let fields = [
            #""name":"\#(row.name)""#, #""median":\#(Self.number(row.median))"#,
            #""min":\#(Self.number(row.best))"#, #""unit":"\#(row.unit)""#,
            #""allocations":\#(Self.number(row.allocations))"#, #""goal":\#(Self.number(row.goal?.limit))"#,
            #""met":\#(row.isMet.map { "\($0)" } ?? "null")"#, #""others":\#(Self.number(row.foreign))"#,
        ]
        let line = "{" + fields.joined(separator: ",") + "}"
        guard fputs(line + "\n", file) >= 0, fflush(file) == 0 else {
            throw BenchmarkError("'\(path)' cannot be written: \(String(cString: strerror(errno)))")
        }
    }

    /// A number of JSON, which has none that is not finite.
    private static func number(_ value: Double?) -> String {
        guard let value, value.isFinite else { return "null" }
        return "\(value)"
    }
}
