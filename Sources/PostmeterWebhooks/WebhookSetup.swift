/// What a platform's verifier of one endpoint is made of.
package struct WebhookSetup: Sendable {
    /// The secrets that are live, the newest last.
    package var secrets: [String]
    /// What else the configuration says of the endpoint.
    package var options: WebhookOptions
    /// Finds the certificate that was fetched from a URL, in PEM; nil while it was not.
    ///
    /// It is called on any thread, and does not wait.
    package var certificate: @Sendable (_ url: String) -> [UInt8]?

    package init(
        secrets: [String],
        options: WebhookOptions = WebhookOptions(),
        certificate: @escaping @Sendable (_ url: String) -> [UInt8]? = { _ in nil }
    ) {
        self.secrets = secrets
        self.options = options
        self.certificate = certificate
    }

    /// What `prepare` makes of the secrets; what is wrong with them is put down to their key.
    func secrets<Prepared>(
        _ prepare: ([String]) throws(WebhookSecretError) -> Prepared
    ) throws(WebhookSetupError) -> Prepared {
        do throws(WebhookSecretError) {
            return try prepare(secrets)
        } catch {
            throw .secret(error)
        }
    }
}
