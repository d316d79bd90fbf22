import PostmeterModel
import Instrumentation

// To be replaced by what PostmeterTracing itself offers.
private enum PendingKey: ServiceContextKey { typealias Value = SpanContext }
extension ServiceContext {
    var spanContext: SpanContext? { get { self[PendingKey.self] } set { self[PendingKey.self] = newValue } }
}
