import PostmeterModel

/// The names of one answer: translated as the options say, escaped as the scraper wants.
struct ExpositionNames {
    let translation: NameTranslation
    let escaping: NameEscaping

    /// The names of an instrument, or nil when nothing of its name is left.
    func metric(_ descriptor: InstrumentDescriptor) -> PrometheusName.Metric? {
        PrometheusName.metric(
            name: descriptor.name,
            unit: descriptor.unit,
            kind: descriptor.kind,
            translation: translation
        )?.escaped(escaping, kind: descriptor.kind)
    }

    /// The name of a label.
    ///
    /// Where keys are kept as they are, one that begins with two underscores gets `key` before it: Prometheus
    /// has such names for itself.
    func label(_ key: String) -> String {
        if translation.escapes { return PrometheusName.label(key) }
        guard !key.isEmpty else { return "key" }
        return escaping.escaped(key.hasPrefix("__") ? "key" + key : key, isLabel: true)
    }
}

/// Names as they stand in the text formats: in quotes when they have other characters than Prometheus took
/// before its version 3.
enum NameText {
    /// A name on a metadata line.
    static func metadata(_ name: String) -> String {
        NameEscaping.isPlain(name, isLabel: false) ? name : quoted(name)
    }

    /// A name before a `=`.
    static func label(_ name: String) -> String {
        NameEscaping.isPlain(name, isLabel: true) ? name : quoted(name)
    }

    /// What stands before the labels of a sample that has some.
    static func opening(_ name: String) -> String {
        NameEscaping.isPlain(name, isLabel: false) ? name + "{" : "{" + quoted(name) + ","
    }

    /// What stands before the value of a sample without labels.
    static func alone(_ name: String) -> String {
        NameEscaping.isPlain(name, isLabel: false) ? name + " " : "{" + quoted(name) + "} "
    }

    private static func quoted(_ name: String) -> String {
        var bytes = Array("\"".utf8)
        Escaping.append(Array(name.utf8), quotes: true, to: &bytes)
        bytes.append(UInt8(ascii: "\""))
        return String(decoding: bytes, as: UTF8.self)
    }
}
