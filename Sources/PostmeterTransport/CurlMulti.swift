internal import CCurl

/// A handle of libcurl's multi interface.
struct CurlMulti: @unchecked Sendable {
    // Safe because one thread alone uses the handle and frees it at its end; other threads only call
    // curl_multi_wakeup, which may be called from anywhere, and stop before that end (see `ClientInbox`).
    let handle: UnsafeMutableRawPointer

    /// Libcurl's process-wide set-up, done once.
    private static let isReady = pm_curl_global_init() == CURLE_OK

    /// Makes a handle; nil when libcurl cannot.
    init?(concurrency: Int) {
        guard Self.isReady, let handle = curl_multi_init() else {
            return nil
        }
        self.handle = handle
        pm_curl_multi_set_long(handle, CURLMOPT_MAX_TOTAL_CONNECTIONS, concurrency)
        pm_curl_multi_set_long(handle, CURLMOPT_MAXCONNECTS, concurrency)
    }
}
