package import PostmeterExport

/// What spools hold, as a table for people or as JSON for programs.
package struct SpoolReport: Sendable {
    private let spools: [SpoolInspection]
    private let now: UInt64

    /// Describes spools at a moment, in nanoseconds since the Unix epoch.
    package init(_ spools: [SpoolInspection], now: UInt64) {
        self.spools = spools
        self.now = now
    }

    /// Lines of columns, the first with their names; one sentence when nothing is kept.
    package var table: String {
        guard !spools.isEmpty else { return "Nothing waits on disk." }
        var rows = [["TARGET", "SIGNAL", "REQUESTS", "ITEMS", "BYTES", "OLDEST", "NOTE"]]
        for spool in spools {
            let note = spool.problem ?? (spool.isInUse ? "in use" : "")
            rows.append([
                spool.target, spool.signal.rawValue, "\(spool.requests)", "\(spool.items)", "\(spool.bytes)",
                spool.oldest.map { Self.age(from: $0, to: now) } ?? "-", note,
            ])
        }
        let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
        return rows.map { row in
            let cells = zip(row, widths).map { cell, width in
                cell + String(repeating: " ", count: width - cell.count)
            }
            return cells.joined(separator: "  ").trimmingTrailingSpaces
        }.joined(separator: "\n")
    }

    /// One JSON array, an object a spool; times are nanoseconds since the Unix epoch, null when there is none.
    package var json: String {
        let objects = spools.map { spool in
            """
            {"target":\(Self.quoted(spool.target)),"signal":"\(spool.signal.rawValue)",\
            "requests":\(spool.requests),"items":\(spool.items),"bytes":\(spool.bytes),\
            "oldest":\(spool.oldest.map(String.init) ?? "null"),\
            "newest":\(spool.newest.map(String.init) ?? "null"),"in_use":\(spool.isInUse),\
            "problem":\(spool.problem.map(Self.quoted) ?? "null")}
            """
        }
        return "[" + objects.joined(separator: ",") + "]"
    }

    /// A time span in its two largest units.
    private static func age(from start: UInt64, to end: UInt64) -> String {
        let seconds = (end - min(start, end)) / 1_000_000_000
        switch seconds {
        case ..<60: return "\(seconds)s"
        case ..<3_600: return "\(seconds / 60)m \(seconds % 60)s"
        case ..<86_400: return "\(seconds / 3_600)h \(seconds % 3_600 / 60)m"
        default: return "\(seconds / 86_400)d \(seconds % 86_400 / 3_600)h"
        }
    }

    /// A JSON string.
    private static func quoted(_ text: String) -> String {
        var quoted = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"", "\\": quoted += "\\\(scalar)"
            case _ where scalar.value < 0x20:
                let digits = String(scalar.value, radix: 16)
                quoted += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: quoted.unicodeScalars.append(scalar)
            }
        }
        return quoted + "\""
    }
}

extension String {
    fileprivate var trimmingTrailingSpaces: String {
        var text = self
        while text.last == " " { text.removeLast() }
        return text
    }
}
