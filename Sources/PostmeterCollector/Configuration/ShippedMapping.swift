/// The mappings that come with the program: `postmeter mapping NAME` prints one, and `mapping: NAME` uses it.
package enum ShippedMapping: String, Sendable, CaseIterable {
    /// Afterdraft, as far as it is known: nobody has compared it with a schema of that platform.
    case afterdraft

    /// The file, to be changed by whoever knows better.
    package var text: String {
        switch self {
        case .afterdraft: Self.afterdraftText
        }
    }

    /// What is public: events are sent, received, replied, bounced, opened and escalated, with delivery events too;
    /// requests are signed with HMAC-SHA256; events have a unique id, and inbound ones In-Reply-To and References.
    private static let afterdraftText = """
        # Afterdraft, for `provider: generic`.
        #
        # UNVERIFIED. No description of Afterdraft's webhooks was at hand: that its events are sent, received,
        # replied, bounced, opened and escalated, that requests are signed with HMAC-SHA256, and that each event
        # has an id of its own is public; the name of each header and field below is an assumption. Compare it
        # with a real webhook, mend what is wrong in a copy of your own (mapping: ./afterdraft.yaml), and remove
        # the key `unverified` then.

        signature:
          scheme: hmac_sha256
          header: X-Afterdraft-Signature   # assumed
          encoding: hex                    # assumed; the other form is base64
          prefix: ""                       # assumed; "sha256=" is as common
          signed: "{body}"                 # assumed; with a signed time: "{timestamp}.{body}"
        # timestamp: { header: X-Afterdraft-Timestamp, format: unix, tolerance: 5m }

        mapping:
          unverified: true
          type: [/type, /event]            # assumed
          types:
            # The names of the events are public.
            sent: sent
            received: received
            replied: replied
            bounced: bounced
            opened: opened
            escalated: escalated
            # That there are events of these is public, and their names assumed.
            delivered: delivered
            clicked: clicked
          unmapped: dead_letter            # `ignore` takes other events for ones that concern no mail
          id: /id                          # that there is one is public, its name assumed
          time: { pointer: [/created_at, /timestamp], format: rfc3339 }   # assumed
          message_id: /message/id          # assumed: the platform's own id of the mail
          internet_message_id: /message/message_id   # assumed: the Message-ID header
          in_reply_to: /message/in_reply_to          # assumed
          references: /message/references            # assumed
          headers: /message/headers                  # assumed
          conversation_id: /message/conversation_id  # assumed
          sender: /message/from            # assumed
          recipients: [/message/to, /message/cc, /message/bcc]   # assumed; all of them are added up
          agent: [/agent/address, /agent/id]         # assumed
          required: []                     # fields without which an event is a dead letter
          bounce:
            class: /bounce/type            # assumed, and so are its words
            hard: [hard, permanent]
            soft: [soft, transient]
            otherwise: hard                # assumed: what a bounce is of which nothing else is told
            code: /bounce/code             # assumed
            status: /bounce/status         # assumed
            text: /bounce/message          # assumed
          detail: [/escalation/reason, /bounce/type] # assumed
          count: recipients                # assumed: an event is about all recipients that it lists

        """
}
