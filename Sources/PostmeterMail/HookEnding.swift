import PostmeterModel
import PostmeterTracing

/// How the body of a hook came to its end.
enum HookEnding {
    case returned
    /// By a `CancellationError`: neither done nor failed.
    case cancelled
    /// By an error of this type.
    case threw(errorType: String)

    /// The value of `error.type` when nothing failed, which is that of an absent attribute.
    static let noError = ""

    /// The value of `error.type`; nil when nothing is to be recorded.
    var errorType: String? {
        switch self {
        case .returned: Self.noError
        case .cancelled: nil
        case .threw(let errorType): errorType
        }
    }
}

extension Span {
    /// Says how a hook ended.
    mutating func set(_ ending: HookEnding) {
        guard case .threw(let errorType) = ending else { return }
        set(MailAttribute.errorType, errorType)
        setStatus(.error(""))
    }
}
