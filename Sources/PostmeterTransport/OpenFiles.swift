internal import Glibc

/// How many files the process may have open, and what a listener may take of them.
package enum OpenFiles {
    /// Files that everything but listeners has open: journal, database, spools, receivers.
    static let reserve = 256

    /// Raises the limit to the highest that the process may give itself; what it was stays when that fails.
    ///
    /// Many systems start programs with 1,024 and allow them hundreds of thousands, for the sake of `select()`,
    /// which nothing here calls.
    ///
    /// - Returns: The limit that holds then; nil when the system does not tell.
    @discardableResult
    package static func raiseLimit() -> UInt? {
        guard var limit = present else {
            return nil
        }
        let before = limit.rlim_cur
        limit.rlim_cur = limit.rlim_max
        return before < limit.rlim_max && setrlimit(resource, &limit) == 0 ? limit.rlim_max : before
    }

    /// The limit; nil when there is none, or the system does not tell.
    static var limit: UInt? {
        present.flatMap { $0.rlim_cur < UInt(Int32.max) ? $0.rlim_cur : nil }
    }

    /// The connections that a listener can have under a limit.
    ///
    /// - Parameter listeners: Among how many the program divides its files, except the reserve; nil when the
    ///   program is not ours, and half of them must be left to it.
    static func connections(under limit: UInt, listeners: Int?) -> Int {
        let limit = Int(clamping: limit)
        let share = listeners.map { (limit - reserve) / max(1, $0) } ?? limit / 2
        return max(1, share)
    }

    private static var present: rlimit? {
        var limit = rlimit()
        return getrlimit(resource, &limit) == 0 ? limit : nil
    }

    private static var resource: __rlimit_resource_t { __rlimit_resource_t(RLIMIT_NOFILE.rawValue) }
}
