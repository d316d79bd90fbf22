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
        let time = now()
        let refusal = monitor.withLock { shared in
            if let refusal = admit(count, &shared) { return Optional(refusal) }
            shared.lastTime = max(shared.lastTime, time)
            shared.pending.add(
                kind: kind,
                length: count,
                time: shared.lastTime,
                onDurable: onDurable,
                fill: fill
            )
            if shared.writerSleeps {
                shared.writerSleeps = false
                monitor.wake(.writer)
            }
            return nil
        }
        if let refusal { onDurable(.failure(refusal)) }
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

    /// Takes room for a payload of `count` bytes; why not, otherwise.
    private func admit(_ count: Int, _ shared: inout JournalShared) -> JournalError? {
        if shared.isClosing { return .closed }
        guard count >= 0, count <= configuration.recordBytesLimit else {
            shared.statistics.refusedTooLarge += 1
            return .tooLarge(limit: configuration.recordBytesLimit)
        }
        if shared.isFailing {
            shared.statistics.refusedFailing += 1
            return .failing
        }
        let bytes = Frame.bytes(payload: count)
        let fitsMemory =
            shared.outstandingBytes == 0 || shared.outstandingBytes + bytes <= configuration.pendingBytesLimit
        guard fitsMemory, shared.place(bytes, configuration) else {
            shared.statistics.refusedFull += 1
            return .full
        }
        shared.outstandingBytes += bytes
        return nil
    }
}
