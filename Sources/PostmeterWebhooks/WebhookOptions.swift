/// What the configuration says of one endpoint besides its secrets: which part of a platform's freedom its
/// owner used.
///
/// It is journaled, so that an old webhook is read by what held when it came in; so it never holds a secret.
/// An endpoint may use those options that its platform names in ``WebhookProvider/optionNames``.
package struct WebhookOptions: Sendable, Hashable, Codable {
    /// An option, by its key in the configuration.
    package enum Name: String, Sendable, CaseIterable {
        case name
        case agentField = "agent_field"
        case topics
        case trustedHosts = "trusted_hosts"
        case signature
        case mapping
    }

    /// What a generic platform is called: its `email.provider`.
    package var name: String?
    /// The custom field of a mail that holds its agent: an address, or the id of a mailbox.
    package var agentField: String?
    /// The topics whose messages are taken.
    package var topics: [String]?
    /// Hosts that certificates may be fetched from, besides the platform's own.
    package var trustedHosts: [String]?
    /// How a generic platform signs; nil is as Standard Webhooks.
    package var signature: SignatureOptions?
    /// How the events of a generic platform are read.
    package var mapping: MappingSource?

    private enum CodingKeys: String, CodingKey {
        case name
        case agentField = "agent_field"
        case topics
        case trustedHosts = "trusted_hosts"
        case signature, mapping
    }

    /// No options.
    package init() {}

    /// The options that are set.
    package var used: [Name] {
        Name.allCases.filter { name in
            switch name {
            case .name: self.name != nil
            case .agentField: agentField != nil
            case .topics: topics != nil
            case .trustedHosts: trustedHosts != nil
            case .signature: signature != nil
            case .mapping: mapping != nil
            }
        }
    }

    /// The custom field of a mail that holds its agent: `agent` unless the endpoint names another.
    var agentFieldOrDefault: String { agentField ?? "agent" }

    /// How a generic platform signs.
    var signatureOrDefault: SignatureOptions { signature ?? SignatureOptions() }
}
