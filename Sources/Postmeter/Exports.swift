// What a service needs that imports `Postmeter`: its values, its own instruments and spans, the mail hooks.
@_exported public import PostmeterMail
@_exported public import PostmeterMetrics
@_exported public import PostmeterModel
@_exported public import PostmeterTracing
