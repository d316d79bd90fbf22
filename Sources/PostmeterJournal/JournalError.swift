/// Why a journal could not be opened or did not take a record.
package enum JournalError: Error, Sendable, Hashable {
    /// No room: the byte limit is reached, or too much waits for the disk. Comes back by itself.
    case full
    /// The disk refused a write or a sync; the journal tries again by itself. Nothing is known to be on disk.
    case failing
    /// The record is longer than the limit, in bytes.
    case tooLarge(limit: Int)
    /// The journal is closed.
    case closed
    /// Another process, or another journal in this one, holds the directory.
    case locked(directory: String)
    /// The directory, or a file in it, cannot be made, read or written; `code` is the errno.
    case directory(String, code: Int32)
    /// A setting that cannot be: the sentence names it and what would do.
    case configuration(String)
    /// The directory was written by a later version of this program.
    case version(found: Int, directory: String)
}

extension JournalError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .full: "the journal is full"
        case .failing: "the journal's disk refuses writes"
        case .tooLarge(let limit): "the record is longer than \(limit) bytes"
        case .closed: "the journal is closed"
        case .locked(let directory): "another process uses the journal in \(directory)"
        case .directory(let directory, let code):
            "the journal in \(directory) cannot be used: \(systemMessage(code))"
        case .configuration(let sentence): sentence
        case .version(let found, let directory):
            "the journal in \(directory) is of version \(found), which this program does not read"
        }
    }
}
