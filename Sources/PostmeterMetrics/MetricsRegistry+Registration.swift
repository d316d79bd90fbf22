public import PostmeterModel
import Synchronization

extension MetricsRegistry {
    /// The family of an instrument: the same one whenever it is asked for with an equal descriptor.
    ///
    /// An instrument that contradicts an earlier one of its name and scope (another kind, unit ...) gets a family of
    /// its own and is reported once. With nothing but other labels it gets a family of its own that shares the limit
    /// of series with the earlier one. A name that OpenTelemetry does not allow is reported, and its
    /// family records but is not exported. The kind and the number follow from the type of the handles.
    /// Source: OpenTelemetry specification, "Metrics SDK", section "Duplicate instrument registration".
    public func family<I: Instrument>(_ descriptor: InstrumentDescriptor, of type: I.Type = I.self) -> Family<
        I
    > {
        let (fitted, faults) = descriptor.fitted(to: type)
        let storage = storage(of: fitted, faults: faults)
        if fitted.labels.isEmpty {
            _ = storage.bind([])
        }
        return Family(storage: storage)
    }

    /// Finds or makes what stands behind an instrument, and reports what is wrong with it.
    func storage(of descriptor: InstrumentDescriptor, faults: [String]) -> FamilyStorage {
        let (storage, complaints) = state.withLock { state in
            guard let view = views.first(where: { $0.matches(descriptor) }) else {
                return register(descriptor, faults: faults, in: &state)
            }
            return register(descriptor, as: view, faults: faults, in: &state)
        }
        for complaint in complaints {
            diagnostics.warn("metric \(descriptor.name) \(complaint)")
        }
        return storage
    }

    private func register(
        _ descriptor: InstrumentDescriptor, as view: MetricView, faults: [String], in state: inout State
    ) -> (FamilyStorage, [String]) {
        if let known = state.fronts[descriptor] { return (known, []) }
        var (described, kept) = view.applied(to: descriptor)
        let target: FamilyStorage
        var complaints = faults
        if view.isDropped {
            described.exponential = nil
            target = FamilyStorage(
                described, isExported: false, budget: SeriesBudget(limit: 1), registry: self)
            kept = []
        } else {
            (target, complaints) = register(described, faults: faults, in: &state)
            if kept.count == descriptor.labels.count { return (target, complaints) }
        }
        let front = FamilyStorage(
            FamilyFront(
                target: target, door: FamilyDoor(labels: descriptor.labels, kept: kept),
                isNothing: view.isDropped))
        if state.fronts.count < Self.familyLimit { state.fronts[descriptor] = front }
        return (front, complaints)
    }

    private func register(
        _ descriptor: InstrumentDescriptor,
        faults: [String],
        in state: inout State
    ) -> (FamilyStorage, [String]) {
        if let known = state.byDescriptor[descriptor] { return (known, []) }
        var complaints = faults
        var described = descriptor
        let key = Name(scope: descriptor.scope, lowercased: descriptor.name.lowercased())
        var sibling: FamilyStorage?
        if let first = state.names[key] {
            described.name = first.name
            if let known = state.byDescriptor[described] {
                complaints.append("is made as \(first.name) already, which holds")
                state.byDescriptor[descriptor] = known
                return (known, complaints)
            }
            sibling = state.families.last { $0.descriptor.isSibling(of: described) }
            if sibling == nil, !first.hasReportedConflict {
                complaints.append(
                    "is made already with another kind, unit, description or bounds"
                )
                state.names[key]?.hasReportedConflict = true
            }
        }
        let isConflict = sibling == nil && state.names[key] != nil
        complaints += state.withholdDurability(from: &described, isConflict: isConflict)
        if let limit = sibling?.budget.limit, limit != described.seriesLimit {
            complaints.append("shares the limit of \(limit) series with the same instrument of other labels")
        }
        let namingFault = described.namingFault
        let hasRoom = state.families.count < Self.familyLimit
        let storage = FamilyStorage(
            described,
            isExported: namingFault == nil && hasRoom,
            budget: sibling?.budget ?? SeriesBudget(limit: described.seriesLimit),
            registry: self
        )
        if let namingFault {
            complaints.append("\(namingFault); it is recorded and not exported")
        }
        guard hasRoom else {
            let isFirst = !state.hasReportedFull
            state.hasReportedFull = true
            return (storage, isFirst ? ["is one too many: a registry exports \(Self.familyLimit)"] : [])
        }
        // Beside its siblings, so that exporters can put them together.
        let place = sibling.flatMap { sibling in state.families.lastIndex { $0 === sibling } }
        state.families.insert(storage, at: place.map { $0 + 1 } ?? state.families.endIndex)
        state.byDescriptor[descriptor] = storage
        if state.names[key] == nil {
            state.names[key] = FirstUse(name: described.name)
        }
        return (storage, complaints)
    }
}

extension MetricsRegistry.State {
    /// Keeps a second family of a name from being durable, because checkpoints know families by name.
    fileprivate func withholdDurability(
        from descriptor: inout InstrumentDescriptor, isConflict: Bool
    ) -> [String] {
        guard descriptor.isDurable else { return [] }
        descriptor.isDurable = !isConflict
        guard !isConflict else { return [] }
        if families.contains(where: { $0.isDurable(descriptor.name) }) {
            descriptor.isDurable = false
            return [
                "is durable in another scope or with other labels already; this one does not outlive the process"
            ]
        }
        guard descriptor.idleLimit != nil else { return [] }
        descriptor.idleLimit = nil
        return ["is durable, so that its series do not expire"]
    }
}

extension InstrumentDescriptor {
    /// Whether this is the same instrument with other labels.
    ///
    /// Source: OpenTelemetry specification, "Metrics API", section "Instrument": attributes do not identify one.
    fileprivate func isSibling(of other: InstrumentDescriptor) -> Bool {
        var copy = other
        copy.labels = labels
        copy.integerLabels = integerLabels
        copy.seriesLimit = seriesLimit
        copy.idleLimit = idleLimit
        copy.isDurable = isDurable
        copy.audience = audience
        return copy == self
    }
}

extension FamilyStorage {
    fileprivate func isDurable(_ name: String) -> Bool {
        descriptor.isDurable && descriptor.name == name
    }
}
