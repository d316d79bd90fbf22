/// Bodies with the fields that SendGrid documents, one for each event.
enum SendGridSamples {
    /// The fields of each event about a mail, and a custom argument with its agent.
    static func event(_ name: String, _ more: String = "", id: String? = nil) -> String {
        """
        {"email":"jo@Customer.example","timestamp":1769851805,"smtp-id":"<LRzXl_NHSt@ismtpd0039p1iad1>",\
        "event":"\(name)","sg_event_id":"\(id ?? "\(name)-MTA5OTQ5MTk")",\
        "sg_message_id":"LRzXl_NHSt.filterdrecv-p3mdw1-756b745b58-kmzbl-18-5F5FC76C-9.0",\
        "agent":"Triage@Support.acme.example","category":["outreach","spring"]\(more)}
        """
    }

    static func batch(_ events: String...) -> String {
        "[" + events.joined(separator: ",\r\n") + "]\r\n"
    }

    static func bounce(
        _ type: String = "bounce",
        status: String = "5.1.1",
        reason: String = "550 5.1.1 <jo@customer.example>: user unknown",
        classification: String = "Invalid Address"
    ) -> String {
        event(
            "bounce",
            """
            ,"type":"\(type)","status":"\(status)","reason":"\(reason)",\
            "bounce_classification":"\(classification)","ip":"192.0.2.7","tls":1
            """
        )
    }

    static func dropped(_ reason: String) -> String {
        event("dropped", ",\"reason\":\"\(reason)\",\"status\":\"5.0.0\"")
    }

    static let processed = event("processed", ",\"send_at\":1769851800,\"asm_group_id\":7")
    static let deferred = event(
        "deferred",
        ",\"response\":\"451 4.7.1 jo@customer.example greylisted\",\"attempt\":\"5\""
    )
    static let delivered = event("delivered", ",\"response\":\"250 2.0.0 OK\",\"ip\":\"192.0.2.7\",\"tls\":1")
    static let open = event(
        "open",
        ",\"useragent\":\"Mozilla/5.0\",\"ip\":\"192.0.2.7\",\"sg_machine_open\":false,\"sg_content_type\":\"html\""
    )
    static let click = event(
        "click",
        """
        ,"useragent":"Mozilla/5.0","ip":"192.0.2.7","url":"https://acme.example/order",\
        "url_offset":{"index":0,"type":"html"}
        """
    )
    static let status = """
        {"event":"account_status_change","sg_event_id":"MjEzNTg5OTcyOC10ZXJtaW5hdGU","timestamp":1769851805,\
        "type":"compliance_suspend"}
        """

    static let all = [
        processed, deferred, delivered, bounce(), bounce("blocked"), bounce("expired"),
        dropped("Bounced Address"), dropped("Invalid"), open, click, event("spamreport"),
        event("unsubscribe"),
        event("group_unsubscribe", ",\"asm_group_id\":7"), event("group_resubscribe", ",\"asm_group_id\":7"),
        status,
    ]

    /// The header of a mail that answers one of ours.
    static let header = """
        Received: by mx0050p1mdw1.sendgrid.net; Sat, 31 Jan 2026 09:30:04 +0000\r
        Message-ID:\r
        \u{20}<CAF+1234@mail.customer.example>\r
        In-Reply-To: <second@support.acme.example>\r
        References: <root@support.acme.example>\r
        \t<second@support.acme.example>\r
        Subject: Re: Your order\r

        """
    static let envelope = #"{"to":["triage+4711@Support.acme.example"],"from":"bounce@customer.example"}"#

    /// The fields that a mail is taken apart into.
    static let mail: [(name: String, value: String)] = [
        ("headers", header), ("dkim", "{@customer.example : pass}"), ("content-ids", "{}"),
        ("to", "Acme <info@acme.example>"), ("from", "Jo \"The <Boss>\" <jo@Customer.example>"),
        ("text", "Where is it?\r\n"), ("html", "<p>Where is it?</p>"), ("sender_ip", "192.0.2.9"),
        ("envelope", envelope), ("attachments", "0"), ("subject", "Re: Your order"),
        ("charsets", #"{"to":"UTF-8","from":"UTF-8","text":"iso-8859-1"}"#), ("SPF", "pass"),
    ]

    /// The fields of a mail that is posted raw.
    static let rawMail: [(name: String, value: String)] = [
        ("email", header + "\r\nWhere is it?\r\n"), ("to", "Acme <info@acme.example>"),
        ("from", "Jo <jo@Customer.example>"), ("envelope", envelope), ("subject", "Re: Your order"),
        ("sender_ip", "192.0.2.9"), ("SPF", "pass"),
    ]

    static func contentType(_ boundary: String = "xYzZY") -> String {
        "multipart/form-data; boundary=\(boundary)"
    }

    static func form(_ fields: [(name: String, value: String)], boundary: String = "xYzZY") -> String {
        fields.map { field in
            "--\(boundary)\r\nContent-Disposition: form-data; name=\"\(field.name)\"\r\n\r\n\(field.value)\r\n"
        }.joined() + "--\(boundary)--\r\n"
    }
}

extension [(name: String, value: String)] {
    /// The fields with one set to another value, or left out when there is none.
    func with(_ name: String, _ value: String?) -> Self {
        let others = filter { $0.name != name }
        return value.map { others + [(name, $0)] } ?? others
    }
}
