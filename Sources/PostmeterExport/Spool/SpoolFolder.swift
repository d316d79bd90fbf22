import Glibc
package import PostmeterJournal

/// The folder of all spools: `<target>/<signal>` below it.
package struct SpoolFolder: Sendable, Hashable {
    package let path: String

    package init(_ path: String) {
        self.path = path
    }

    /// The folder of one lane.
    package func path(_ target: String, _ signal: ExportSignal) -> String {
        "\(path)/\(target)/\(signal.rawValue)"
    }

    /// The lanes that keep something on disk, by target and signal; a running process may have them open.
    ///
    /// - Parameters:
    ///   - target: The only target to look for.
    ///   - signal: The only signal to look for.
    package func inspect(target: String? = nil, signal: ExportSignal? = nil) -> [SpoolInspection] {
        lanes(target, signal).map { inspect($0.target, $0.signal) }
    }

    /// Throws away what lanes keep on disk, and returns what that was.
    ///
    /// - Throws: `JournalError.locked` when a running process has one of them open; those before it are gone
    ///   then.
    package func drop(
        target: String? = nil,
        signal: ExportSignal? = nil
    ) throws(JournalError) -> [SpoolInspection] {
        var dropped: [SpoolInspection] = []
        for lane in lanes(target, signal) {
            let found = inspect(lane.target, lane.signal)
            // The cursor stays: what comes later goes on with the numbers.
            try Journal.removeAll(in: path(lane.target, lane.signal))
            dropped.append(found)
        }
        return dropped
    }

    private func lanes(
        _ target: String?,
        _ signal: ExportSignal?
    ) -> [(target: String, signal: ExportSignal)] {
        var found: [(target: String, signal: ExportSignal)] = []
        for name in folders().sorted() where target == nil || target == name {
            for one in ExportSignal.allCases where signal == nil || signal == one {
                // One that cannot be looked into is shown with its problem.
                if (try? Journal.holdsSegments(path(name, one))) ?? true { found.append((name, one)) }
            }
        }
        return found
    }

    private func folders() -> [String] {
        (JournalFileSystem.names(in: path) ?? []).filter { !$0.hasPrefix(".") }
    }

    private func inspect(_ target: String, _ signal: ExportSignal) -> SpoolInspection {
        var result = SpoolInspection(target: target, signal: signal)
        let folder = path(target, signal)
        result.isInUse = Self.isLocked(folder)
        do {
            let view = try JournalView(directory: folder)
            let cursor = JournalCursor.read(directory: folder)
            result.bytes = view.bytes
            let start = cursor?.sequence ?? 0
            guard view.endSequence > max(start, 1), let first = Spool.next(view.makeReader(from: start))
            else {
                return result
            }
            let newest = Spool.next(view.makeReader(from: view.endSequence - 1)) ?? first
            result.requests = Int(clamping: view.endSequence - first.sequence)
            result.items = Int(clamping: newest.end.items - min(first.record.itemsBefore, newest.end.items))
            result.oldest = first.time
            result.newest = newest.time
        } catch {
            result.problem = "\(error)"
        }
        return result
    }

    /// Whether a process holds the lock of a lane.
    private static func isLocked(_ folder: String) -> Bool {
        let file = open(folder + "/LOCK", O_RDWR | O_CLOEXEC)
        guard file >= 0 else { return false }
        defer { close(file) }
        guard flock(file, LOCK_SH | LOCK_NB) != 0 else {
            flock(file, LOCK_UN)
            return false
        }
        return errno == EWOULDBLOCK
    }
}
