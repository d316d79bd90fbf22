import PostmeterModel

extension InstrumentDescriptor {
    /// The most bounds of a histogram: its buckets, sum and extremes must fit into one chunk of cells.
    static let boundsLimit = 1_020
    /// The most labels of an instrument.
    static let labelsLimit = 64

    /// This descriptor as the family of an instrument type keeps it, and what had to be changed for that.
    func fitted<I: Instrument>(to type: I.Type) -> (descriptor: InstrumentDescriptor, faults: [String]) {
        var (fitted, faults) = fitted(to: type.kind, type.number)
        fitted.isObservable = false
        if isObservable {
            faults.append("is described as observable and made to be recorded into, which holds")
        }
        return (fitted, faults)
    }

    /// This descriptor as an observable instrument keeps it, and what had to be changed for that.
    func fittedToObservations() -> (descriptor: InstrumentDescriptor, faults: [String]) {
        var (fitted, faults) = fitted(to: kind, number)
        fitted.isObservable = true
        fitted.isDurable = false
        if isDurable {
            faults.append("is observable, so that there is nothing in it to outlive the process")
        }
        return (fitted, faults)
    }

    private func fitted(
        to kind: InstrumentKind, _ number: Number
    ) -> (descriptor: InstrumentDescriptor, faults: [String]) {
        var fitted = self
        var faults: [String] = []
        if self.kind != kind {
            faults.append("is described as \(self.kind.rawValue) and made as \(kind.rawValue), which holds")
        }
        fitted.kind = kind
        fitted.number = number
        fitted.seriesLimit = max(1, seriesLimit)
        if seriesLimit < 1 {
            faults.append("has a series limit of \(seriesLimit); it is taken as 1")
        }
        fitted.bounds = kind == .histogram ? Self.usable(bounds) : []
        if kind == .histogram, fitted.bounds != bounds {
            faults.append(
                "has bounds that are not finite, ascending and at most \(Self.boundsLimit); using \(fitted.bounds)"
            )
        }
        faults += fitted.fitExponential()
        return (fitted, faults)
    }

    /// What keeps an instrument of this descriptor from being exported, or nil.
    var namingFault: String? {
        if !Self.isName(name) {
            return
                "has an invalid name: it must begin with a letter and go on with up to 254 of A-Za-z0-9_.-/"
        }
        if labels.contains(where: \.isEmpty) { return "has a label with an empty name" }
        if Set(labels).count != labels.count { return "has the same label twice" }
        if labels.count > Self.labelsLimit { return "has more than \(Self.labelsLimit) labels" }
        return nil
    }

    /// Source: OpenTelemetry specification, "Metrics API", section "Instrument name syntax".
    private static func isName(_ name: String) -> Bool {
        guard let first = name.utf8.first, name.utf8.count <= 255 else { return false }
        return isLetter(first) && name.utf8.dropFirst().allSatisfy { isLetter($0) || isOther($0) }
    }

    private static func isLetter(_ byte: UInt8) -> Bool {
        byte | 0x20 >= UInt8(ascii: "a") && byte | 0x20 <= UInt8(ascii: "z")
    }

    private static func isOther(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "."), UInt8(ascii: "-"),
            UInt8(ascii: "/"):
            true
        default: false
        }
    }

    private static func usable(_ bounds: [Double]) -> [Double] {
        var list: [Double] = []
        for bound in bounds.filter(\.isFinite).sorted() where list.last != bound {
            list.append(bound)
        }
        return Array(list.prefix(boundsLimit))
    }
}
