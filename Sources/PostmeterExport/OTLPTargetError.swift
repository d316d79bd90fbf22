/// Why a URL cannot be pushed to.
package struct OTLPTargetError: Error, Sendable, Hashable, CustomStringConvertible {
    package let url: String
    package let problem: String

    package var description: String {
        "'\(url)' cannot be pushed to: \(problem); a receiver is named like http://127.0.0.1:4318"
    }
}
