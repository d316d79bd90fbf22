internal import PostmeterFleet

extension Fold {
    /// Writes the state of the fold and its position in one transaction; throws and keeps everything when that
    /// fails, so that the next try writes it.
    func checkpoint(into store: Store, figures: inout DurableFigures) throws {
        var changes = CheckpointChanges(sequence: position)
        changes.fleet = changedFleet
        changes.provisioned = fleet.newlyProvisioned
        changes.fingerprints = [(.seen, try seen.changes()), (.messages, try messages.changes())]
        changes.deadLetters = deadLetters
        let taken = figures.collect(into: &changes)
        try store.save(changes)
        changedFleet = nil
        _ = fleet.takeNewlyProvisioned()
        seen.didSave()
        messages.didSave()
        deadLetters.removeAll()
        figures.didSave(taken)
    }
}
