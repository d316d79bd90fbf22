internal import Glibc

/// The file of results: `{"name","value","unit","goal","met"}` a line, null where there is no goal.
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
        let goal = row.goal.map { "\($0.limit)" } ?? "null"
        let met = row.isMet.map { "\($0)" } ?? "null"
        let value = row.median.isFinite ? "\(row.median)" : "null"
        let line =
            #"{"name":"\#(row.name)","value":\#(value),"unit":"\#(row.unit)","goal":\#(goal),"met":\#(met)}"#
        guard fputs(line + "\n", file) >= 0, fflush(file) == 0 else {
            throw BenchmarkError("'\(path)' cannot be written: \(String(cString: strerror(errno)))")
        }
    }
}
