internal import GRDB

/// Why a database cannot be used as it is, and will not become usable by waiting.
struct StoreDamage: Error, Equatable, CustomStringConvertible {
    /// What was found, in a few words.
    let description: String

    /// Damage that was found by looking.
    init(found: String) {
        description = found
    }

    /// The damage that an error tells of; nil when it tells of something else, such as a full disk or a file that
    /// may not be read.
    init?(_ error: any Error) {
        if let damage = error as? StoreDamage {
            self = damage
            return
        }
        guard let error = error as? DatabaseError else { return nil }
        switch error.resultCode {
        case .SQLITE_CORRUPT, .SQLITE_NOTADB: break
        case .SQLITE_IOERR where Self.unreadable.contains(error.extendedResultCode.rawValue): break
        default: return nil
        }
        description = error.message ?? "\(error.extendedResultCode)"
    }

    /// Errors of the disk that mean that what lies there is lost.
    private static let unreadable: Set<CInt> = [
        ResultCode.SQLITE_IOERR_READ.rawValue, ResultCode.SQLITE_IOERR_SHORT_READ.rawValue, 10 | 32 << 8,
        10 | 33 << 8,
    ]
}
