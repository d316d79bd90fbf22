/// Why a listener could not be started.
package struct HTTPListenerError: Error, CustomStringConvertible {
    /// The address that was asked for, as host and port.
    package let address: String

    package let reason: String

    package var description: String {
        "Cannot listen on \(address): \(reason)"
    }
}
