internal import CCurl

extension HTTPClientError {
    /// The error that libcurl's code stands for; `text` is its own account of it, perhaps empty.
    init(_ code: CURLcode, text: String) {
        let message = text.isEmpty ? String(cString: curl_easy_strerror(code)) : text
        switch code {
        case CURLE_URL_MALFORMAT:
            self.init(.invalidRequest, message)
        case CURLE_WEIRD_SERVER_REPLY, CURLE_UNSUPPORTED_PROTOCOL:
            // The scheme has been looked at before, so it is the answer that is of no protocol we know.
            self.init(.invalidResponse, message)
        case CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_RESOLVE_PROXY:
            self.init(.nameNotResolved, message, isRetryable: true)
        case CURLE_COULDNT_CONNECT:
            self.init(.connectionRefused, message, isRetryable: true)
        case CURLE_OPERATION_TIMEDOUT:
            self.init(.timeout, message, isRetryable: true)
        case CURLE_SEND_ERROR, CURLE_RECV_ERROR, CURLE_GOT_NOTHING, CURLE_PARTIAL_FILE, CURLE_HTTP2,
            CURLE_HTTP2_STREAM:
            self.init(.connectionLost, message, isRetryable: true)
        case CURLE_SSL_CONNECT_ERROR:
            // The handshake broke off, which a receiver that is being restarted does too.
            self.init(.tls, message, isRetryable: true)
        case CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CERTPROBLEM, CURLE_SSL_CIPHER,
            CURLE_SSL_CACERT_BADFILE,
            CURLE_SSL_ISSUER_ERROR, CURLE_SSL_INVALIDCERTSTATUS:
            self.init(.tls, message)
        default:
            self.init(.other, message)
        }
    }
}
