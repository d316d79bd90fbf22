extension MailEvent {
    /// Who runs the mailboxes of the recipients; `other` when they are not all of one provider.
    var recipientProvider: RecipientProvider {
        guard let first = recipients.first else { return .other }
        let provider = RecipientProvider(address: first)
        let isOne = recipients.dropFirst().allSatisfy { RecipientProvider(address: $0) == provider }
        return isOne ? provider : .other
    }
}
