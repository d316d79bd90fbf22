import Glibc

extension Journal {
    /// Opens the journal in a directory, or begins one, and starts its threads.
    ///
    /// Damage never refuses the start: it is stepped over, counted in `statistics` and told to `observer` and
    /// `warn`. Throws when a setting cannot be, the directory cannot be made, read or locked, or a later version
    /// wrote it. `now` tells nanoseconds since the Unix epoch; `warn` takes one sentence, on any thread.
    package static func open(
        _ configuration: Configuration,
        now: @escaping @Sendable () -> UInt64,
        observer: JournalObserver = .silent,
        warn: @escaping @Sendable (String) -> Void = { _ in },
        fileSystem: JournalFileSystem = .system
    ) throws(JournalError) -> Journal {
        try configuration.validate()
        let directory = try JournalDirectory(path: configuration.directory)
        let recovered: RecoveredJournal
        do {
            recovered = try JournalRecovery(configuration, directory: directory, fileSystem: fileSystem).run()
        } catch {
            directory.unlock()
            throw error
        }
        let journal = Journal(
            configuration,
            directory: directory,
            fileSystem: fileSystem,
            now: now,
            observer: observer,
            warn: warn,
            recovered: recovered,
            keeper: DamagedSegments(configuration, directory: directory, fileSystem: fileSystem)
        )
        recovered.warnings.forEach(warn)
        recovered.damage.forEach(journal.note)
        try journal.start(recovered)
        return journal
    }

    private func start(_ recovered: RecoveredJournal) throws(JournalError) {
        let (active, nextSequence) = (recovered.active, recovered.nextSequence)
        let writer = JournalThread { [self] in
            JournalWriter(self, active: active, nextSequence: nextSequence).run()
        }
        let preparer = JournalThread { [self] in JournalPreparer(self).run() }
        monitor.withLock { $0.threads = [writer, preparer].compactMap { $0 } }
        guard writer != nil, preparer != nil else {
            monitor.withLock { shared in
                (shared.isClosing, shared.preparerStops) = (true, true)
                monitor.wake(.writer)
                monitor.wake(.preparer)
            }
            writer?.join()
            preparer?.join()
            directory.unlock()
            throw .directory(configuration.directory, code: EAGAIN)
        }
    }
}
