/// Why a streamed answer cannot go on.
package enum HTTPStreamError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The peer has gone, or the listener has been closed.
    case closed
    /// The peer did not take a piece in time, or not the whole in time.
    case timedOut
    /// There were too many streams, and this one had waited longest for its peer.
    case displaced
    /// There were too many streams, and none that waits for its peer; the request was answered 503.
    case overloaded
    /// There was more of a body than its length said.
    case tooLong
    /// The stream was finished or aborted, or its request answered, before.
    case ended

    package var description: String {
        switch self {
        case .closed: "The connection is closed."
        case .timedOut: "The peer did not take the answer in time."
        case .displaced: "The peer was slower than those of all other streams, of which there were too many."
        case .overloaded: "There are too many streams."
        case .tooLong: "The body is longer than its length says."
        case .ended: "The answer has ended."
        }
    }
}
