/// Who is shown the series of an instrument.
///
/// Where two worlds have names of their own for one thing, as for the figures of a process, each is given its own.
public enum Audience: Sendable, Hashable {
    /// Scrapes and pushes.
    case everyone
    /// Only whoever scrapes.
    case scrapes
    /// Only receivers of pushes.
    case pushes

    /// Whether an instrument with this audience is shown to a reader with that one.
    public func includes(_ reader: Audience) -> Bool {
        self == .everyone || reader == .everyone || self == reader
    }
}
