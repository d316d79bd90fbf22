/// The scope that log records are recorded under, looked up once: see ``LogRecorder/scope(_:version:)``.
///
/// It is of use only to the recorder that gave it.
public struct LogScope: Sendable, Hashable {
    /// Its place in the recorder's list.
    let index: UInt16
}
