#pragma once
#include <curl/curl.h>

// Swift sees neither variadic functions nor unions, so each kind of option has a door of its own here.

static inline CURLcode pm_curl_set_long(CURL *easy, CURLoption option, long value) {
    return curl_easy_setopt(easy, option, value);
}

static inline CURLcode pm_curl_set_size(CURL *easy, CURLoption option, curl_off_t value) {
    return curl_easy_setopt(easy, option, value);
}

// libcurl copies the text.
static inline CURLcode pm_curl_set_text(CURL *easy, CURLoption option, const char *value) {
    return curl_easy_setopt(easy, option, value);
}

// libcurl keeps the pointer: what it points to must live until the transfer is over.
static inline CURLcode pm_curl_set_pointer(CURL *easy, CURLoption option, const void *value) {
    return curl_easy_setopt(easy, option, value);
}

typedef size_t (*pm_curl_data_function)(char *bytes, size_t size, size_t count, void *context);

// What CURLOPT_WRITEFUNCTION and CURLOPT_HEADERFUNCTION take.
static inline CURLcode pm_curl_set_data_function(CURL *easy, CURLoption option, pm_curl_data_function function) {
    return curl_easy_setopt(easy, option, function);
}

static inline long pm_curl_response_status(CURL *easy) {
    long status = 0;
    curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
    return status;
}

// What was set as CURLOPT_PRIVATE.
static inline void *pm_curl_private(CURL *easy) {
    char *value = NULL;
    curl_easy_getinfo(easy, CURLINFO_PRIVATE, &value);
    return value;
}

static inline CURLMcode pm_curl_multi_set_long(CURLM *multi, CURLMoption option, long value) {
    return curl_multi_setopt(multi, option, value);
}

// The result in the union of a message that says CURLMSG_DONE.
static inline CURLcode pm_curl_message_result(const CURLMsg *message) {
    return message->data.result;
}

// The macro is a cast expression, which Swift does not import.
static inline CURLcode pm_curl_global_init(void) {
    return curl_global_init(CURL_GLOBAL_ALL);
}
