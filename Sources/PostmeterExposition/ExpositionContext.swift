import PostmeterModel

/// What all parts of one answer are written by.
struct ExpositionContext {
    let format: ExpositionFormat
    let options: ExpositionOptions
    let names: ExpositionNames
    let warnings: ExpositionWarnings

    /// The scope of a family as labels, or none where they are not wanted.
    func scopeLabels(of family: FamilySnapshot) -> ScopeLabels {
        options.scopeLabels ? ScopeLabels(family.descriptor.scope, names: names) : .none
    }
}
