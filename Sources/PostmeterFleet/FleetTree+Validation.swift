internal import FoundationEssentials

/// What is wrong with a fleet, by the place in its file.
package struct FleetError: Error, Hashable, CustomStringConvertible {
    /// Where, for example `organizations[0].accounts[1].id`.
    package let path: String
    /// What is wrong there and how to mend it.
    package let problem: String

    package var description: String {
        "\(path): \(problem)"
    }
}

extension FleetTree {
    /// The bytes that stand for this tree in the journal and the checkpoint: JSON with sorted keys.
    package func encoded() throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return try [UInt8](encoder.encode(self))
    }

    /// Reads what ``encoded()`` wrote.
    package init(encoded bytes: some Sequence<UInt8>) throws {
        self = try JSONDecoder().decode(FleetTree.self, from: Data(bytes))
    }

    /// Throws an error that names the first id, domain or address which is not valid or stands twice.
    package func validate() throws(FleetError) {
        var seen = Names()
        for (i, organization) in organizations.enumerated() {
            let path = "organizations[\(i)]"
            try seen.id(organization.id, kind: "organization", within: "", at: "\(path).id")
            for (j, account) in organization.accounts.enumerated() {
                let path = "\(path).accounts[\(j)]"
                try seen.id(account.id, kind: "account", within: organization.id, at: "\(path).id")
                let owner = "\(organization.id)/\(account.id)"
                for (k, domain) in account.domains.enumerated() {
                    try domain.validate(path: "\(path).domains[\(k)]", owner: owner, seen: &seen)
                }
            }
        }
    }

    /// Whether an account of this name is in the tree.
    package func hasAccount(_ path: AccountPath) -> Bool {
        organizations.contains { organization in
            organization.id == path.organization && organization.accounts.contains { $0.id == path.account }
        }
    }
}

extension FleetTree.Domain {
    fileprivate func validate(path: String, owner: String, seen: inout Names) throws(FleetError) {
        guard FleetRules.isDomain(name) else {
            throw FleetError(path: "\(path).name", problem: "'\(name)' is not a lower-case domain name")
        }
        try seen.once(name, kind: "domain", within: owner, at: "\(path).name")
        for (index, agent) in agents.enumerated() {
            let path = "\(path).agents[\(index)]"
            try seen.id(agent.id, kind: "agent", within: "\(owner)/\(name)", at: "\(path).id")
            for (index, address) in agent.addresses.enumerated() {
                let path = "\(path).addresses[\(index)]"
                guard !address.isEmpty, address.utf8.count <= 320 else {
                    throw FleetError(path: path, problem: "an address has 1 to 320 bytes")
                }
                try seen.once(address.lowercased(), kind: "address", within: owner, at: path)
            }
        }
    }
}

/// The names met so far, each within its owner.
private struct Names {
    private var known: Set<String> = []

    mutating func id(
        _ id: String, kind: String, within owner: String, at path: String
    ) throws(FleetError) {
        guard FleetRules.isID(id) else {
            throw FleetError(path: path, problem: "'\(id)' is not a valid id: \(FleetRules.idRule)")
        }
        try once(id, kind: kind, within: owner, at: path)
    }

    mutating func once(
        _ name: String, kind: String, within owner: String, at path: String
    ) throws(FleetError) {
        guard known.insert("\(kind) \(owner) \(name)").inserted else {
            let place = owner.isEmpty ? "" : " within \(owner)"
            throw FleetError(path: path, problem: "the \(kind) '\(name)' stands twice\(place)")
        }
    }
}
