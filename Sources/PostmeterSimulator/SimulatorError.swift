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
    /// The secret is no private key.
    case badPrivateKey
    /// The secret is no signing key of Mailgun.
    case badSigningKey
    /// The certificate of a platform that signs with one cannot be made or served; with the reason.
    case noCertificate(String)
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
        case .badPrivateKey:
            "secret must be the private key that belongs to the endpoint's verification key: "
                + "PKCS#8 of ECDSA P-256, in base64"
        case .badSigningKey: "secret must be an HTTP webhook signing key of at least 8 characters"
        case .noCertificate(let reason): "the certificate of the signatures cannot be had: \(reason)"
        case .unknownAgent(let name, let last):
            "there is no agent '\(name)' to misbehave: agents are agent-001 to \(last)"
        case .cannotWrite(let path, let reason): "the totals cannot be written to \(path): \(reason)"
        }
    }
}
