public import PostmeterModel
import Synchronization

extension MetricsRegistry {
    /// The family of an instrument: the same one whenever it is asked for with an equal descriptor.
    ///
    /// An instrument that contradicts an earlier one of its name and scope (another kind, unit, label ...) gets a
    /// family of its own and is reported once. A name that OpenTelemetry does not allow is reported, and its
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
            register(descriptor, faults: faults, in: &state)
        }
        for complaint in complaints {
            diagnostics.warn("metric \(descriptor.name) \(complaint)")
        }
        return storage
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
        if let first = state.names[key] {
            described.name = first.name
            if let known = state.byDescriptor[described] {
                complaints.append("is made as \(first.name) already, which holds")
                state.byDescriptor[descriptor] = known
                return (known, complaints)
            }
            if !first.hasReportedConflict {
                complaints.append(
                    "is made already with another kind, unit, description, labels, bounds or limit"
                )
                state.names[key]?.hasReportedConflict = true
            }
            // Checkpoints know families by name.
            described.isDurable = false
        } else if descriptor.isDurable, state.families.contains(where: { $0.isDurable(descriptor.name) }) {
            complaints.append("is durable in another scope already; this one does not outlive the process")
            described.isDurable = false
        }
        let namingFault = described.namingFault
        let hasRoom = state.families.count < Self.familyLimit
        let storage = FamilyStorage(
            described,
            isExported: namingFault == nil && hasRoom,
            space: space,
            counters: counters,
            diagnostics: diagnostics
        )
        if let namingFault {
            complaints.append("\(namingFault); it is recorded and not exported")
        }
        guard hasRoom else {
            let isFirst = !state.hasReportedFull
            state.hasReportedFull = true
            return (storage, isFirst ? ["is one too many: a registry exports \(Self.familyLimit)"] : [])
        }
        state.families.append(storage)
        state.byDescriptor[descriptor] = storage
        if state.names[key] == nil {
            state.names[key] = FirstUse(name: described.name)
        }
        return (storage, complaints)
    }
}

extension FamilyStorage {
    fileprivate func isDurable(_ name: String) -> Bool {
        descriptor.isDurable && descriptor.name == name
    }
}
