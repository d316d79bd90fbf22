import PostmeterModel

/// The names of the labels of one family.
struct LabelNames {
    let names: ExpositionNames
    /// Names that the format or the scope has for itself.
    let reserved: [String]

    /// The name of the label that an attribute becomes; one that is reserved gets `exported_` before it.
    func name(of key: String) -> String {
        let name = names.label(key)
        return reserved.contains(name) ? "exported_" + name : name
    }
}
