/// Where a tool does its work: the closed vocabulary of `gen_ai.tool.type`.
public enum ToolType: String, Sendable, Hashable, CaseIterable {
    /// In the service: the model names a function and its parameters, and the service calls it.
    case function
    /// With the agent, which calls something outside by itself.
    case `extension`
    /// In data that the agent looks things up in.
    case datastore
}
