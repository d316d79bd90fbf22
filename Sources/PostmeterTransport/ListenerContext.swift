/// What all connections of a listener share.
struct ListenerContext: Sendable {
    let router: HTTPRouter
    let limits: HTTPLimits
    let timeouts: HTTPTimeouts
    let load: ListenerLoad

    /// Nil costs nothing: plain HTTP for everyone.
    let security: ListenerGuard?

    let warn: @Sendable (String) -> Void
    let observer: @Sendable (HTTPObservation) -> Void
}
