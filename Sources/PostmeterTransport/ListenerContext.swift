/// What all connections of a listener share.
struct ListenerContext: Sendable {
    let router: HTTPRouter
    let limits: HTTPLimits
    let timeouts: HTTPTimeouts
    let load: ListenerLoad
    let warn: @Sendable (String) -> Void
    let observer: @Sendable (HTTPObservation) -> Void
}
