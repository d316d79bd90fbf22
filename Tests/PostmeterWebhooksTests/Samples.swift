/// Bodies with the fields that the platforms document, one for each event.
enum Samples {
    /// The fields that Resend sends for each outbound mail.
    static let resendMail = """
        "email_id":"0f2b6d1e-8c4a-4f7e-9a35-6b1d2c3e4f50","created_at":"2026-01-31T09:30:00.000Z",\
        "from":"Triage Agent <triage@Support.Acme.example>","to":["jo@customer.example"],"subject":"Order",\
        "tags":{"case":"4711"}
        """

    static func resend(_ type: String, _ more: String = "") -> String {
        """
        {"type":"\(type)","created_at":"2026-01-31T09:30:05.250Z","data":{\(resendMail)\(more)}}
        """
    }

    static let resendBounced = resend(
        "email.bounced",
        """
        ,"bounce":{"type":"Permanent","subType":"NoEmail","message":"No such mailbox.",\
        "diagnosticCode":["smtp; 550 5.1.1 <jo@customer.example>: user unknown"]}
        """
    )

    static let resendReceived = """
        {"type":"email.received","created_at":"2026-01-31T09:30:05.250Z","data":{\
        "email_id":"7d9c3b52-1111-4222-8333-944455556666","created_at":"2026-01-31 09:30:04.999+00",\
        "from":"Jo <jo@customer.example>","to":["triage@support.acme.example"],\
        "cc":["boss@customer.example"],\
        "bcc":[],"subject":"Re: Your order","message_id":"<CAF+1234@mail.customer.example>",\
        "headers":[{"name":"In-Reply-To","value":"<0102019-ours@email.amazonses.com>"},\
        {"name":"References","value":"<root@support.acme.example> <0102019-ours@email.amazonses.com>"}],\
        "attachments":[{"id":"a1","filename":"order.pdf","content_type":"application/pdf",\
        "content_disposition":"attachment","content_id":null}]}}
        """

    static let resendAll = [
        resend("email.sent"), resend("email.scheduled"), resend("email.delivered"),
        resend("email.delivery_delayed"), resend("email.complained"), resend("email.opened"), resendBounced,
        resend(
            "email.clicked",
            """
            ,"click":{"ipAddress":"192.0.2.7","link":"https://acme.example/order","userAgent":"Mozilla/5.0",\
            "timestamp":"2026-01-31T09:30:05.000Z"}
            """
        ),
        resend("email.failed", ",\"failed\":{\"reason\":\"reached_daily_quota\"}"),
        resend(
            "email.suppressed",
            """
            ,"suppressed":{"type":"OnAccountSuppressionList","reason":"previous_bounce",\
            "message":"Not sent.",\
            "diagnosticCode":[]}
            """
        ),
        resendReceived,
        """
        {"type":"contact.created","created_at":"2026-01-31T09:30:05.250Z","data":{"id":"c1",\
        "email":"jo@b.example",\
        "unsubscribed":false}}
        """,
        """
        {"type":"domain.updated","created_at":"2026-01-31T09:30:05.250Z","data":{"id":"d1",\
        "name":"acme.example",\
        "status":"verified","records":[]}}
        """,
    ]

    /// The fields that AgentMail sends for each event of an outbound mail.
    static let agentMail = """
        "inbox_id":"triage@acme.agentmail.to","thread_id":"thd_1","message_id":"<0102-ours@agentmail.to>",\
        "timestamp":"2026-01-31T09:30:05Z"
        """

    static func agentmail(_ type: String, _ object: String, _ more: String = "") -> String {
        """
        {"type":"event","event_type":"\(type)","event_id":"evt_1","\(object)":{\(agentMail)\(more)}}
        """
    }

    static func agentmailReceived(_ type: String = "message.received") -> String {
        """
        {"type":"event","event_type":"\(type)","event_id":"evt_2","message":{\
        "inbox_id":"triage@acme.agentmail.to","thread_id":"thd_2","message_id":"<in-1@customer.example>",\
        "labels":["received"],"timestamp":"2026-01-31T09:30:05.123456Z","from":"Jo <jo@Customer.example>",\
        "to":["Triage <triage@acme.agentmail.to>"],"cc":["boss@customer.example"],"subject":"Question",\
        "preview":"Where is","text":"Where is it?","html":"<p>Where is it?</p>","size":2048,\
        "in_reply_to":"<0102-ours@agentmail.to>",\
        "references":["<root@agentmail.to>","<0102-ours@agentmail.to>"],\
        "headers":{"Auto-Submitted":"no"},\
        "created_at":"2026-01-31T09:30:06Z","updated_at":"2026-01-31T09:30:06Z"},\
        "thread":{"inbox_id":"triage@acme.agentmail.to","thread_id":"thd_2","message_count":3}}
        """
    }

    static let agentmailBounced = agentmail(
        "message.bounced",
        "bounce",
        """
        ,"type":"Permanent","sub_type":"General",\
        "recipients":[{"address":"gone@customer.example","status":"bounced"}]
        """
    )

    static let agentmailAll = [
        agentmailReceived(), agentmailReceived("message.received.spam"),
        agentmailReceived("message.received.blocked"), agentmailReceived("message.received.unauthenticated"),
        agentmail(
            "message.sent",
            "send",
            ",\"recipients\":[\"a@x.example\",\"b@y.example\",\"c@z.example\"]"
        ),
        agentmail("message.delivered", "delivery", ",\"recipients\":[\"a@x.example\",\"b@y.example\"]"),
        agentmail("message.opened", "open"),
        agentmailBounced,
        agentmail(
            "message.complained",
            "complaint",
            ",\"type\":\"abuse\",\"sub_type\":\"spam\",\"recipients\":[\"a@x.example\",\"b@x.example\"]"
        ),
        agentmail("message.rejected", "reject", ",\"reason\":\"Invalid recipient address a@x.example\""),
        """
        {"type":"event","event_type":"domain.verified","event_id":"evt_3","domain":{"domain_id":"dom_1",\
        "status":"verified","feedback_enabled":true,"records":[],"created_at":"2026-01-31T09:00:00Z"}}
        """,
        """
        {"type":"event","event_type":"calendar.event.created","event_id":"evt_4","calendar_event":{}}
        """,
    ]
}
