internal import FoundationEssentials
internal import Glibc

/// Puts a damaged database aside, for somebody to look at, under a name that tells when.
struct DamagedFiles {
    /// How many are kept; the oldest go.
    static let limit = 8
    private static let mark = ".damaged-"
    /// What SQLite and the fold keep beside the database, as the ends of the names.
    private static let suffixes = ["-wal", "-shm", "-fingerprints"]

    /// The database.
    let database: String

    /// Moves files of the database aside.
    ///
    /// - Parameters:
    ///   - suffixes: Which files: "" for the database itself, "-wal" and "-shm" for what SQLite keeps beside it,
    ///     "-fingerprints" for the folder of those that the database names.
    ///   - now: Nanoseconds since the Unix epoch.
    /// - Returns: Where they are, without the suffix.
    func putAside(_ suffixes: [String], now: UInt64) throws(ConfigurationError) -> String {
        let name = try freeName(now: now)
        for suffix in suffixes where access(database + suffix, F_OK) == 0 {
            guard rename(database + suffix, name + suffix) == 0 else {
                throw ConfigurationError(
                    path: database + suffix,
                    problem: "is damaged and cannot be moved to '\(name + suffix)': "
                        + "\(String(cString: strerror(errno))); move it by hand")
            }
        }
        FileSync.folder(of: database)
        removeOldest()
        return name
    }

    private func freeName(now: UInt64) throws(ConfigurationError) -> String {
        let base = database + Self.mark + Self.text(now)
        for number in 1...1_000 {
            let name = number == 1 ? base : "\(base)-\(number)"
            if ([""] + Self.suffixes).allSatisfy({ access(name + $0, F_OK) != 0 }) { return name }
        }
        throw ConfigurationError(path: database, problem: "is damaged, and '\(base)' and 999 more are taken")
    }

    /// The time as `20261129T232627Z`.
    static func text(_ nanoseconds: UInt64) -> String {
        var time = time_t(clamping: nanoseconds / 1_000_000_000)
        var parts = tm()
        gmtime_r(&time, &parts)
        func two(_ number: Int32) -> String { number < 10 ? "0\(number)" : "\(number)" }
        return "\(parts.tm_year + 1_900)\(two(parts.tm_mon + 1))\(two(parts.tm_mday))T"
            + "\(two(parts.tm_hour))\(two(parts.tm_min))\(two(parts.tm_sec))Z"
    }

    private func removeOldest() {
        guard let slash = database.lastIndex(of: "/") else { return }
        let folder = String(database[..<slash])
        let start = database[database.index(after: slash)...] + Self.mark
        guard let names = try? FileManager.default.contentsOfDirectory(atPath: folder) else { return }
        func bare(_ name: String) -> String {
            let suffix = Self.suffixes.first { name.hasSuffix($0) } ?? ""
            return String(name.dropLast(suffix.count))
        }
        let kept = Set(names.filter { $0.hasPrefix(start) }.map(bare)).sorted().suffix(Self.limit)
        for name in names where name.hasPrefix(start) && !kept.contains(bare(name)) {
            try? FileManager.default.removeItem(atPath: "\(folder)/\(name)")
        }
    }
}
