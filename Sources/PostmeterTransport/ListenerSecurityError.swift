/// Why a listener cannot be secured as it should be.
package struct ListenerSecurityError: Error, Sendable, Equatable, CustomStringConvertible {
    /// What the problem is with.
    package enum Part: Sendable, Equatable {
        case certificate
        case key
        case clientCA
        case clientAuthentication
        case versions
        case cipherSuites
        case other
    }

    package let part: Part

    /// What is wrong and how to mend it, without the name of the part.
    package let problem: String

    package init(_ part: Part, _ problem: String) {
        self.part = part
        self.problem = problem
    }

    package var description: String {
        switch part {
        case .certificate: "The certificate \(problem)"
        case .key: "The key \(problem)"
        case .clientCA: "The client CA \(problem)"
        case .clientAuthentication: "The client authentication \(problem)"
        case .versions: "The TLS versions \(problem)"
        case .cipherSuites: "The cipher suites \(problem)"
        case .other: problem
        }
    }
}
