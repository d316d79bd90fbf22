/// What the signature of a webhook proves.
package enum Verification: Sendable, Hashable {
    /// A holder of one of the endpoint's secrets sent these bytes, lately.
    case valid
    /// It proves nothing.
    case invalid(VerificationFailure)
}
