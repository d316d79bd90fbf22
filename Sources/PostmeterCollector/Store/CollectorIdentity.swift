internal import FoundationEssentials
internal import Postmeter
internal import PostmeterModel

/// What makes the figures of two runs those of one instance: they are as durable as the figures.
struct CollectorIdentity {
    /// `service.instance.id`: a UUID, made with the database.
    let instance: String
    /// Since when the durable figures count.
    let startTime: UnixTime
    /// What event ids are hashed under: 16 bytes.
    let fingerprintKey: [UInt8]

    /// Reads the identity, or makes it with a new database.
    init(store: Store, now: UInt64) throws {
        let instance = try store.property("instance") { Array(UUID().uuidString.lowercased().utf8) }
        self.instance = String(decoding: instance, as: UTF8.self)
        let start = try store.property("start") { Words.encoded([now]) }
        startTime = UnixTime(nanoseconds: Words.decoded(start).first ?? now)
        fingerprintKey = try store.property("fingerprint") {
            var generator = SystemRandomNumberGenerator()
            return Words.encoded([generator.next(), generator.next()])
        }
    }

    /// What pushes and `target_info` say of this process.
    func resource(version: String) -> Resource {
        Resource([
            Attribute("service.name", "postmeter"),
            Attribute("service.instance.id", .string(instance)),
            Attribute("service.version", .string(version)),
            Attribute("telemetry.sdk.name", "postmeter"),
            Attribute("telemetry.sdk.language", "swift"),
            Attribute("telemetry.sdk.version", .string(version)),
        ]).merging(Resource(ResourceDetection.current))
    }
}
