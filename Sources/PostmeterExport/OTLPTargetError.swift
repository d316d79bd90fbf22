/// Why a URL cannot be pushed to.
package struct OTLPTargetError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The URL without what may be secret in it.
    package let url: String
    package let problem: String

    init(url: String, problem: String) {
        self.url = OTLPTarget.shown(url)
        self.problem = problem
    }

    package var description: String {
        "'\(url)' cannot be pushed to: \(problem); a receiver is named like http://127.0.0.1:4318"
    }
}
