/// What is posted at once.
struct SimulatedRequest: Sendable, Hashable {
    var body: [UInt8]
    var contentType = "application/json"
}
