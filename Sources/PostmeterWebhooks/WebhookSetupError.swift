/// What is wrong with the configuration of an endpoint: the key and what to do about it.
package enum WebhookSetupError: Error, Sendable, Hashable {
    /// The secrets cannot be used.
    case secret(WebhookSecretError)
    /// An option cannot be used, or is missing.
    case option(WebhookOptions.Name, String)

    /// The key of the endpoint that is wrong.
    package var key: String {
        switch self {
        case .secret: "secret"
        case .option(let name, _): name.rawValue
        }
    }

    /// What is wrong with it and how it is mended.
    package var problem: String {
        switch self {
        case .secret(let error): "\(error)"
        case .option(_, let problem): problem
        }
    }
}
