import PostmeterTracing

/// What a call of a language model is known by, each name from a bounded set.
struct ModelNames {
    /// `gen_ai.request.model`; empty when nobody named it.
    let model: String
    /// `gen_ai.provider.name`.
    let provider: String
    /// `gen_ai.operation.name`.
    let operation: String

    init(_ shared: HookContext, model: String, provider: String, operation: String) {
        self.model = model.isEmpty ? "" : shared.models.admit(model)
        self.provider = shared.modelProviders.admit(provider)
        self.operation = shared.modelOperations.admit(operation)
    }

    /// `{operation} {model}`.
    var spanName: String {
        model.isEmpty ? operation : operation + " " + model
    }

    /// Says the names on the call's span.
    func describe(_ span: inout Span) {
        span.set(MailAttribute.genAIOperation, operation)
        span.set(MailAttribute.genAIProvider, provider)
        if !model.isEmpty { span.set(MailAttribute.genAIModel, model) }
    }
}
