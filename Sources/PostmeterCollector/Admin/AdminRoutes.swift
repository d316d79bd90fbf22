internal import PostmeterTransport

/// The routes of the admin listener: health, for whoever runs the process.
///
/// The listener stands on loopback alone, unless a web configuration file sees to it that others show who they are.
struct AdminRoutes: Sendable {
    /// Asked at each request for `/readyz`.
    let readiness: @Sendable () -> Readiness

    /// Adds the routes.
    func register(in router: inout HTTPRouter) {
        router.on(.get, "/livez") { _, responder in
            responder.respond(.json(#"{"status":"live"}"#))
        }
        router.on(.get, "/readyz") { _, responder in
            let readiness = readiness()
            responder.respond(.json(readiness.json, status: readiness.reasons.isEmpty ? 200 : 503))
        }
    }
}
