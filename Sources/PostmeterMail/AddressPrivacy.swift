/// What telemetry may say of a recipient: the value of `email.recipient` on spans and log records.
///
/// An address is never an attribute of a metric, whatever is set here.
public enum AddressPrivacy: String, Sendable, Hashable, CaseIterable {
    /// Nothing.
    case off
    /// The domain, in lower case.
    case domain
    /// A keyed fingerprint, by which mails to one recipient can be found and nobody be read.
    case hmac
    /// The address.
    case clear
}
