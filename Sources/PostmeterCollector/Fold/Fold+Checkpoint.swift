internal import PostmeterFleet

extension Fold {
    /// Writes the state of the fold and its position in one transaction; throws and keeps everything when that
    /// fails, so that the next try writes it.
    func checkpoint(into store: Store, figures: inout DurableFigures) throws {
        var changes = CheckpointChanges(sequence: position)
        changes.fleet = changedFleet
        changes.settings = changedSettings
        changes.provisioned = fleet.newlyProvisioned
        changes.fingerprints = [(.seen, try seen.changes()), (.messages, try messages.changes())]
        changes.deadLetters = letters.added
        changes.retriedLetters = letters.retries
        changes.removedLetters = letters.removed
        changes.agentNumbers = Array(waiting.agents.unsaved)
        keepHighestNumbers()
        waiting.forEach { table in
            if let batch = table.takeBatch() { changes.waiting.append((table.name.rawValue, batch)) }
        }
        let aliasBatch = aliases.takeBatch()
        if let aliasBatch { changes.waiting.append((Store.aliases, aliasBatch)) }
        let taken = figures.collect(into: &changes)
        try store.save(changes)
        changedFleet = nil
        changedSettings = nil
        _ = fleet.takeNewlyProvisioned()
        seen.didSave()
        messages.didSave()
        waiting.forEach { table in
            if let saved = changes.waiting.first(where: { $0.name == table.name.rawValue }) {
                table.didSave(saved.batch)
            }
        }
        if let aliasBatch { aliases.didSave(aliasBatch) }
        waiting.agents.didSave()
        letters.didSave()
        figures.didSave(taken)
    }
}
