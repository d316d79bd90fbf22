package import PostmeterMail

/// An agent as the fold knows it.
package struct FleetAgent: Sendable, Hashable {
    /// Its path of ids.
    package let identity: MailIdentity
    /// Whether it stands in the fleet file; else it was provisioned from an address.
    package let isConfigured: Bool
}
