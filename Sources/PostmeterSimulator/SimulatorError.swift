/// Why a simulation cannot begin.
package enum SimulatorError: Error, Sendable, Hashable, CustomStringConvertible {
    /// A setting is out of its range; with its name and what it may be.
    case badSetting(String, allowed: String)
    /// The secret is no base64.
    case badSecret
    /// There is no secret.
    case noSecret
    /// The secret is none that a platform sends along.
    case badCredentials
    /// No agent has this name.
    case unknownAgent(String, last: String)
    /// The file of totals cannot be written; with the reason.
    case cannotWrite(String, String)

    package var description: String {
        switch self {
        case .badSetting(let name, let allowed): "\(name) must be \(allowed)"
        case .badSecret: "secret must be base64, with or without the prefix whsec_"
        case .noSecret: "secret is empty: give the text that the endpoint has"
        case .badCredentials: "secret must be user:password or X-Postmeter-Secret: value"
        case .unknownAgent(let name, let last):
            "there is no agent '\(name)' to misbehave: agents are agent-001 to \(last)"
        case .cannotWrite(let path, let reason): "the totals cannot be written to \(path): \(reason)"
        }
    }
}
