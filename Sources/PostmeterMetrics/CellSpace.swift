import CPrimitives
import Synchronization

/// Hands out the numbers of cells, of which the process has about four million and takes none back.
final class CellSpace: Sendable {
    /// What cells are for, which decides the chunk they come from.
    enum Use {
        /// One word a thread.
        case single
        /// Words a thread that lie side by side.
        case group
        /// One word for all threads.
        case shared
    }

    private struct State {
        var chunksLeft: Int
        // The next cell of each use; at the start of a chunk it is yet to be reserved.
        var single: UInt32 = 0
        var group: UInt32 = 0
        var shared: UInt32 = 0
    }

    /// The cells of the process.
    static let process = CellSpace(chunks: Int(PM_CHUNK_LIMIT))

    private let state: Mutex<State>

    /// Creates a space that takes at most this many chunks of 1,024 cells from the process.
    init(chunks: Int) {
        state = Mutex(State(chunksLeft: chunks))
    }

    /// Reserves cells for one or more series of `width` cells (1 to 1,024), up to `series` of them.
    ///
    /// There are fewer when the present chunk ends before; nil when there are none left.
    func reserve(upTo series: Int, width: Int, for use: Use) -> CellRun? {
        state.withLock { state in
            switch use {
            case .single: Self.take(series, width, from: &state.single, &state.chunksLeft, pm_chunk_reserve)
            case .group: Self.take(series, width, from: &state.group, &state.chunksLeft, pm_chunk_reserve)
            case .shared:
                Self.take(series, width, from: &state.shared, &state.chunksLeft, pm_chunk_reserve_shared)
            }
        }
    }

    private static func take(
        _ series: Int,
        _ width: Int,
        from next: inout UInt32,
        _ chunksLeft: inout Int,
        _ reserve: () -> UInt32
    ) -> CellRun? {
        let size = Int(PM_CHUNK_CELLS)
        guard width > 0, width <= size, series > 0 else { return nil }
        var used = Int(next) % size
        if width >= 8 {
            used = (used + 7) & ~7  // wide series begin on a cache line
        }
        var chunk = next / UInt32(size)
        if used == 0 || used + width > size {
            guard chunksLeft > 0 else { return nil }
            chunk = reserve()
            guard chunk != 0 else { return nil }
            chunksLeft -= 1
            used = 0
        }
        let count = min(series, (size - used) / width)
        let first = chunk * UInt32(size) + UInt32(used)
        next = first + UInt32(count * width)
        return CellRun(first: first, series: count)
    }
}
