import PostmeterExposition
import PostmeterModel

/// The families of an exposition in protocol buffers.
struct ProtobufScrape {
    struct Family {
        let name: String
        let help: String
        let unit: String
        /// 0 counter, 1 gauge, 4 histogram.
        let type: UInt64
        let metrics: [Metric]
    }

    struct Metric {
        let labels: [[String]]
        let counter: WireReader?
        let gauge: WireReader?
        let histogram: WireReader?
    }

    let families: [Family]

    /// Nil when the bytes are not messages from end to end.
    init?(_ bytes: [UInt8]) {
        guard let messages = WireReader.messages(bytes) else { return nil }
        families = messages.map { message in
            let family = WireReader(message)
            return Family(
                name: family.text(1), help: family.text(2), unit: family.text(5), type: family.number(3),
                metrics: family.messages(4).map { metric in
                    Metric(
                        labels: metric.messages(1).map { [$0.text(1), $0.text(2)] },
                        counter: metric.message(3), gauge: metric.message(2), histogram: metric.message(7))
                })
        }
    }

    init?(
        _ families: [FamilySnapshot],
        resource: Resource = Resource([]),
        options: ExpositionOptions = ExpositionOptions(scopeLabels: false)
    ) {
        self.init(Scrape(families, as: .protobuf, resource: resource, options: options).bytes)
    }
}
