package import PostmeterMail

/// What a platform tells of a bounce or a deferral.
package struct BounceEvidence: Sendable, Hashable {
    /// What the platform itself calls it; nil when it does not say.
    package var said: Bounce.Class?
    /// What it is when nothing else tells.
    package var assumed: Bounce.Class
    /// The platform's word for the kind of bounce; empty when it has none.
    package var word: String
    /// Status codes and what the receiving server said.
    package var text: String

    package init(said: Bounce.Class? = nil, assumed: Bounce.Class, word: String = "", text: String = "") {
        self.said = said
        self.assumed = assumed
        self.word = word
        self.text = text
    }
}
