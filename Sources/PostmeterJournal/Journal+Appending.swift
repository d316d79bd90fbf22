extension Journal {
    /// What hears how an append ended: where the record stands, durably, or why it does not.
    package typealias Completion = @Sendable (Result<JournalPosition, JournalError>) -> Void

    /// Appends a record whose payload of `count` bytes `fill` writes in place.
    ///
    /// Never waits for the disk. `fill` runs at once, under the journal's lock, and must only copy. `onDurable`
    /// runs once: on the writer thread when the record is on disk or its write failed; or on this thread, before
    /// the call returns, when the record is refused: `full`, `failing`, `tooLarge` or `closed`.
    package func append(
        kind: UInt8,
        count: Int,
        onDurable: @escaping Completion,
        fill: (UnsafeMutableRawBufferPointer) -> Void
    ) {
        _ = append(kind: kind, count: count, held: nil, isGathered: false, onDurable: onDurable, fill: fill)
    }

    /// Bytes from which on a body is not copied.
    package static let heldBodyBytes = 256 << 10

    /// Records that wait for others to come, at the most.
    static let gatheredRecords = 512

    /// Appends a record whose payload is `head` and `body`, without a copy of a long body.
    ///
    /// A body of `heldBodyBytes` and more is written to disk from where it is, by the writer thread: it must
    /// stay there, unchanged, as long as `owner` lives, which is let go of once the record is answered. A
    /// shorter body is copied, and its owner not asked for. Otherwise as the other forms, but that such bodies
    /// have a memory limit of their own, `heldBytesLimit`.
    ///
    /// The record waits for others that the thread is about to append, so that one sync does for all of them: until
    /// `push()`, until `gatheredRecords` wait, or until one comes that does not wait.
    ///
    /// - Returns: Whether it is the first that waits, and `push()` must be called once no others follow.
    package func append<Owner: AnyObject & Sendable>(
        kind: UInt8,
        head: UnsafeRawBufferPointer,
        body: UnsafeRawBufferPointer,
        keptBy owner: @autoclosure () -> Owner,
        onDurable: @escaping Completion
    ) -> Bool {
        guard body.count >= Self.heldBodyBytes else {
            return append(
                kind: kind, count: head.count + body.count, held: nil, isGathered: true, onDurable: onDurable
            ) { payload in
                payload.copyBytes(from: head)
                payload[head.count...].copyBytes(from: body)
            }
        }
        return append(
            kind: kind,
            count: head.count + body.count,
            held: HeldBytes(bytes: body, owner: owner()),
            isGathered: true,
            onDurable: onDurable,
            fill: { $0.copyBytes(from: head) }
        )
    }

    /// Lets the writer have what waits for more to come.
    package func push() {
        monitor.withLock { shared in
            guard !shared.pending.records.isEmpty else { return }
            letGo(of: &shared)
        }
    }

    /// Lets the writer have all that waits.
    private func letGo(of shared: inout JournalShared) {
        shared.isPendingDue = true
        if shared.writerSleeps {
            shared.writerSleeps = false
            monitor.wake(.writer)
        }
    }

    private func append(
        kind: UInt8,
        count: Int,
        held: HeldBytes?,
        isGathered: Bool,
        onDurable: @escaping Completion,
        fill: (UnsafeMutableRawBufferPointer) -> Void
    ) -> Bool {
        let time = now()
        var isFirst = false
        let refusal = monitor.withLock { shared in
            if let refusal = admit(count, held: held?.bytes.count ?? 0, at: time, &shared) {
                return Optional(refusal)
            }
            isFirst = isGathered && shared.pending.records.isEmpty
            shared.lastTime = max(shared.lastTime, time)
            shared.pending.add(
                kind: kind,
                length: count,
                time: shared.lastTime,
                held: held,
                onDurable: onDurable,
                fill: fill
            )
            if !isGathered || held != nil || shared.pending.records.count >= Self.gatheredRecords {
                letGo(of: &shared)
            }
            return nil
        }
        if let refusal { onDurable(.failure(refusal)) }
        return isFirst
    }

    /// Appends a record whose payload is the given parts, one after the other.
    package func append(
        kind: UInt8,
        _ parts: UnsafeRawBufferPointer...,
        onDurable: @escaping Completion
    ) {
        append(kind: kind, count: parts.reduce(0) { $0 + $1.count }, onDurable: onDurable) { payload in
            var offset = 0
            for part in parts {
                payload[offset...].copyBytes(from: part)
                offset += part.count
            }
        }
    }

    /// Appends a record with a payload of bytes.
    package func append(kind: UInt8, _ payload: [UInt8], onDurable: @escaping Completion) {
        append(kind: kind, count: payload.count, onDurable: onDurable) { $0.copyBytes(from: payload) }
    }

    /// Takes room for a payload of `count` bytes, of which `held` are not copied; why not, otherwise.
    private func admit(
        _ count: Int,
        held: Int,
        at time: UInt64,
        _ shared: inout JournalShared
    ) -> JournalError? {
        if shared.isClosing { return .closed }
        guard count >= 0, count <= payloadLimit else {
            shared.statistics.refusedTooLarge += 1
            return .tooLarge(limit: payloadLimit)
        }
        if shared.isFailing {
            shared.statistics.refusedFailing += 1
            return .failing
        }
        let bytes = PendingGroup.bufferBytes(payload: count, held: held)
        let fitsMemory =
            (shared.outstandingBytes == 0
                || shared.outstandingBytes + bytes <= configuration.pendingBytesLimit)
            && (held == 0 || shared.heldBytes == 0
                || shared.heldBytes + held <= configuration.heldBytesLimit)
        guard fitsMemory, place(Frame.bytes(payload: count), at: time, &shared) else {
            shared.statistics.refusedFull += 1
            return .full
        }
        shared.outstandingBytes += bytes
        shared.heldBytes += held
        return nil
    }

    /// Takes room on disk, for which released segments that are only retained give way.
    private func place(_ frameBytes: Int, at time: UInt64, _ shared: inout JournalShared) -> Bool {
        if shared.place(frameBytes, configuration) { return true }
        let room = shared.claimedSegments + configuration.segments(for: frameBytes)
        return trim(&shared, now: time, room: room) && shared.place(frameBytes, configuration)
    }
}
