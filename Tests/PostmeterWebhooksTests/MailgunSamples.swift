/// Bodies with the fields that Mailgun documents, one for each event, and mail as its routes post it.
enum MailgunSamples {
    static let key = "0123456789abcdef0123456789abcdef"
    static let token = "f2a24f20007696fb23fd66ff0f59f17fac3f885324caaaec50"
    static let timestamp: UInt64 = 1_769_851_805
    /// The code of `timestamp` and `token`, made with `key` by another implementation.
    static let code = "6579e23ee5900f2fdeeaae2afd2fc7db06283138d4aa79e3131be57e95fc0ba8"

    static let signature = """
        {"timestamp":"\(timestamp)","token":"\(token)","signature":"\(code)"}
        """

    /// A whole body around what is told.
    static func body(_ data: String, signature: String = signature) -> String {
        "{\"signature\":\(signature),\"event-data\":{\(data)}}"
    }

    /// The fields of an event about a mail that was sent.
    static func event(
        _ name: String,
        _ more: String = "",
        flags: String = "\"is-routed\":false,\"is-authenticated\":true",
        transport: String = "smtp",
        variables: String = "{}"
    ) -> String {
        body(
            """
            "event":"\(name)","id":"CCXMjJ7nQi2N3BPigGOdgQ","timestamp":1769851805.153125,"log-level":"info",\
            "account":{"id":"1234567890303a4bd1f33898"},"domain":{"name":"support.acme.example"},\
            "envelope":{"sender":"bounce+1@support.acme.example","transport":"\(transport)",\
            "targets":"jo@customer.example"},"flags":{\(flags),"is-test-mode":false},\
            "message":{"headers":{"to":"Jo <jo@customer.example>",\
            "message-id":"20260131093005.1.DF59@support.acme.example",\
            "from":"Triage <triage@Support.acme.example>","subject":"Order"},"attachments":[],"size":809},\
            "recipient":"jo@Customer.example","recipient-domain":"customer.example","tags":["case"],\
            "storage":{"url":"https://storage.example/v3/x","key":"AwABB"},"user-variables":\(variables)\(more)
            """
        )
    }

    static func failed(
        _ severity: String,
        _ reason: String,
        status: String = """
        {"tls":true,"mx-host":"mx.customer.example","attempt-no":1,"description":"",\
        "session-seconds":2.95,"utf8":true,"code":550,"message":"5.1.1 <jo@customer.example> unknown"}
        """
    ) -> String {
        event(
            "failed",
            ",\"severity\":\"\(severity)\",\"reason\":\"\(reason)\",\"delivery-status\":\(status)"
        )
    }

    /// An event that a reader caused, which tells little of the mail.
    static func reader(_ name: String) -> String {
        body(
            """
            "event":"\(name)","id":"laxIqj9QWubsjY3pTqg","timestamp":1769851860,"log-level":"info",\
            "recipient":"jo@customer.example","geolocation":{"country":"US","region":"TX","city":"Austin"},\
            "tags":[],"user-variables":{"agent":"Triage@Support.acme.example"},"ip":"192.0.2.7",\
            "client-info":{"client-type":"browser","device-type":"desktop","bot":""},\
            "message":{"headers":{"message-id":"20260131093005.1.DF59@support.acme.example"}}
            """
        )
    }

    static let delivered = event(
        "delivered",
        """
        ,"delivery-status":{"tls":true,"mx-host":"mx.customer.example","attempt-no":1,"description":"",\
        "session-seconds":3.57,"utf8":true,"code":250,"message":"OK","certificate-verified":true}
        """
    )

    static let rejected = body(
        """
        "event":"rejected","id":"OMTXD3sSmKIQa1gSKkYVA","timestamp":1769851805.104692,"log-level":"warn",\
        "flags":{"is-test-mode":false},"reject":{"reason":"joan@example.org is no\\nrecipient of a sandbox.",\
        "description":""},"message":{"headers":{"to":"Joan <joan@example.org>",\
        "message-id":"20260131.1.B3@sandbox.example","from":"triage@sandbox.example","subject":"Order"},\
        "attachments":[],"size":867},"tags":[],"user-variables":{}
        """
    )

    static let stored = body(
        """
        "event":"stored","id":"WRVmVc47QYi4DHth","timestamp":1769851805.691758,"log-level":"info",\
        "flags":{"is-test-mode":false},"message":{"headers":{"to":"triage@support.acme.example",\
        "message-id":"CAF+1@mail.customer.example","from":"Jo <jo@customer.example>","subject":"Re: Order"},\
        "attachments":[],"recipients":["triage@support.acme.example"],"size":586},\
        "storage":{"url":"https://storage.example/v3/y","key":"eyJwI"},"tags":[],"user-variables":{}
        """
    )

    static let all = [
        event("accepted"), delivered, failed("permanent", "bounce"), failed("temporary", "generic"),
        failed("permanent", "suppress-bounce", status: "null"), rejected, stored, reader("opened"),
        reader("clicked"), reader("unsubscribed"), reader("complained"),
        failed("permanent", "old"), body("\"event\":\"list_uploaded\",\"timestamp\":1555440421.099269"),
    ]

    static let headers = """
        [["X-Mailgun-Sflag","No"],["Received","by mx.example"],["From","Jo <jo@customer.example>"],\
        ["Message-Id","<CAF+1234@mail.customer.example>"],["In-Reply-To","<second@support.acme.example>"],\
        ["References","<root@support.acme.example>\\r\\n <second@support.acme.example>"],["To","x"]]
        """

    /// The fields of a route, to which Mailgun adds the headers of the mail.
    static func route(headers: String? = headers) -> [(name: String, value: String)] {
        [
            ("Token", "not this one"), ("From", "Jo <jo@customer.example>"),
            ("recipient", "Triage@Support.acme.example"), ("sender", "bounces+7@customer.example"),
            ("from", "Jo <jo@Customer.example>"), ("subject", "Re: Order"), ("body-plain", "Thanks & bye"),
        ] + (headers.map { [("message-headers", $0)] } ?? []) + signed
    }

    static let signed = [("timestamp", "\(timestamp)"), ("token", token), ("signature", code)]

    static func encoded(_ fields: [(name: String, value: String)]) -> [UInt8] {
        func escaped(_ text: String) -> String {
            text.utf8.map { byte in
                switch byte {
                case 0x20: "+"
                case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F:
                    String(Unicode.Scalar(byte))
                default: "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16)
                }
            }.joined()
        }
        return Array(fields.map { escaped($0.name) + "=" + escaped($0.value) }.joined(separator: "&").utf8)
    }

    static func multipart(_ fields: [(name: String, value: String)], boundary: String = "xYz") -> [UInt8] {
        let parts = fields.map { field in
            "--\(boundary)\r\nContent-Disposition: form-data; name=\"\(field.name)\"\r\n\r\n\(field.value)\r\n"
        }
        return Array((parts.joined() + "--\(boundary)--\r\n").utf8)
    }

    static let encodedType = "application/x-www-form-urlencoded"
    static let multipartType = "multipart/form-data; boundary=xYz"
}
