internal import CCurl

extension HTTPClientError {
    /// `CURLE_TOO_LARGE` of libcurl 8.6 and later.
    private static let tooLarge = CURLcode(100)

    /// The error that libcurl's code stands for.
    ///
    /// - Parameters:
    ///   - number: The `CURLcode` that a transfer ended with.
    ///   - text: Libcurl's own account of it, perhaps empty.
    ///   - hasBegun: Whether some of a response had come.
    ///   - tls: The files that were used, which the account does not always name.
    init(curl number: UInt32, text: String, hasBegun: Bool, tls: HTTPClientTLS = HTTPClientTLS()) {
        let code = CURLcode(number)
        let message = text.isEmpty ? String(cString: curl_easy_strerror(code)) : text
        switch code {
        case CURLE_URL_MALFORMAT:
            self.init(.invalidRequest, message)
        case CURLE_WEIRD_SERVER_REPLY, CURLE_UNSUPPORTED_PROTOCOL, CURLE_BAD_CONTENT_ENCODING:
            // The scheme has been looked at before, so it is the answer that is of no protocol we know.
            self.init(.invalidResponse, message)
        case CURLE_RECV_ERROR where text.contains("chunked-encoding"):
            // Libcurl has no code of its own for this; the receiver would answer like this to every try.
            self.init(.invalidResponse, message)
        case CURLE_OUT_OF_MEMORY where !hasBegun:
            self.init(.other, "memory is short", isRetryable: true)
        case CURLE_OUT_OF_MEMORY, Self.tooLarge:
            // Versions before 8.6 say so too, of a line that is over their limit.
            self.init(.responseTooLarge, "a line of the response's head is longer than 100 KiB")
        case CURLE_PROXY:
            self.init(.connectionRefused, message, isRetryable: true)
        case CURLE_RECV_ERROR where Self.isRefusedTunnel(text):
            // The proxy would not let us through, so that the receiver has seen nothing.
            self.init(.connectionRefused, message, isRetryable: true)
        case CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_RESOLVE_PROXY:
            self.init(.nameNotResolved, message, isRetryable: true)
        case CURLE_COULDNT_CONNECT:
            self.init(.connectionRefused, message, isRetryable: true)
        case CURLE_OPERATION_TIMEDOUT:
            self.init(.timeout, message, isRetryable: true)
        case CURLE_SEND_ERROR, CURLE_RECV_ERROR, CURLE_GOT_NOTHING, CURLE_PARTIAL_FILE, CURLE_HTTP2,
            CURLE_HTTP2_STREAM:
            self.init(.connectionLost, message, isRetryable: true)
        case CURLE_SSL_CERTPROBLEM:
            let files = [tls.certificateFile, tls.keyFile].compactMap(\.self).joined(separator: " and ")
            self.init(.tls, "\(files) cannot be used: \(message)", isRetryable: true)
        case CURLE_SSL_CONNECT_ERROR, CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CIPHER,
            CURLE_SSL_CACERT_BADFILE, CURLE_SSL_ISSUER_ERROR, CURLE_SSL_INVALIDCERTSTATUS:
            // No request was sent. Certificates are renewed and files put right, so what waits is worth keeping.
            self.init(.tls, message, isRetryable: true)
        default:
            self.init(.other, message)
        }
    }

    /// Whether the text is what libcurl says of a proxy's answer to CONNECT, from 7.87 on or before.
    private static func isRefusedTunnel(_ text: String) -> Bool {
        text.hasPrefix("CONNECT tunnel failed") || text.hasSuffix("from proxy after CONNECT")
    }
}
