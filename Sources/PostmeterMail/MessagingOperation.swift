/// The operations that hooks make: `messaging.operation.name`.
enum MessagingOperation: String {
    case receive, process, send
}
