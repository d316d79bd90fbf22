#define SIMDJSON_EXCEPTIONS 0
#include <simdjson.h>

#include <algorithm>
#include <cstring>
#include <new>
#include <string_view>
#include <type_traits>

#include "CSimdjson.h"

using simdjson::error_code;
namespace dom = simdjson::dom;

struct pm_json_parser {
    dom::parser parser;
    dom::document document;
    size_t byte_limit;
    size_t depth_limit;
    size_t capacity;

    pm_json_parser(size_t bytes, size_t depth) noexcept
        : parser(bytes), byte_limit(bytes), depth_limit(depth), capacity(0) {}
};

namespace {

// simdjson's element and array iterator are a document pointer and an index, and say so with a trivial copy;
// a value crosses the door as its bytes.
template <typename T> T opened(pm_json_value value) noexcept {
    static_assert(sizeof(T) == sizeof(pm_json_value) && std::is_trivially_copyable<T>::value,
                  "simdjson changed what an element is");
    T result;
    std::memcpy(static_cast<void *>(&result), &value, sizeof result);
    return result;
}

template <typename T> pm_json_value closed(T inner) noexcept {
    static_assert(sizeof(T) == sizeof(pm_json_value) && std::is_trivially_copyable<T>::value,
                  "simdjson changed what an element is");
    pm_json_value result;
    std::memcpy(&result, &inner, sizeof result);
    return result;
}

// Room for `length` bytes, in powers of two, so that slowly growing bodies do not allocate each time.
error_code reserve(pm_json_parser &self, size_t length) noexcept {
    if (length <= self.capacity) return simdjson::SUCCESS;
    size_t capacity = 16 * 1024;
    while (capacity < length) capacity *= 2;
    capacity = std::min(std::max(capacity, length), std::max(self.byte_limit, length));
    self.capacity = 0;
    error_code error = self.document.allocate(capacity);
    if (error) return error;
    error = self.parser.allocate(capacity, self.depth_limit);
    if (error) return error;
    self.capacity = capacity;
    return simdjson::SUCCESS;
}

pm_json_outcome outcome(error_code error) noexcept {
    switch (error) {
    case simdjson::SUCCESS: return PM_JSON_OK;
    case simdjson::CAPACITY: return PM_JSON_TOO_LARGE;
    case simdjson::MEMALLOC: return PM_JSON_NO_MEMORY;
    case simdjson::DEPTH_ERROR: return PM_JSON_TOO_DEEP;
    case simdjson::UTF8_ERROR: return PM_JSON_NOT_UTF8;
    case simdjson::NUMBER_ERROR: return PM_JSON_BAD_NUMBER;
    case simdjson::EMPTY: return PM_JSON_EMPTY;
    default: return PM_JSON_MALFORMED;
    }
}

}  // namespace

size_t pm_json_padding(void) { return simdjson::SIMDJSON_PADDING; }

pm_json_parser *pm_json_parser_make(size_t byte_limit, size_t depth_limit) {
    return new (std::nothrow) pm_json_parser(byte_limit, depth_limit);
}

void pm_json_parser_free(pm_json_parser *parser) { delete parser; }

pm_json_outcome pm_json_parse(
    pm_json_parser *parser, const uint8_t *bytes, size_t length, pm_json_value *root) {
    if (length > parser->byte_limit) return PM_JSON_TOO_LARGE;
    if (length == 0) return PM_JSON_EMPTY;
    error_code error = reserve(*parser, length);
    dom::element element;
    if (!error) {
        error = parser->parser.parse_into_document(parser->document, bytes, length, false).get(element);
    }
    if (error) return outcome(error);
    *root = closed(element);
    return PM_JSON_OK;
}

pm_json_kind pm_json_kind_of(pm_json_value value) {
    switch (opened<dom::element>(value).type()) {
    case dom::element_type::ARRAY: return PM_JSON_ARRAY;
    case dom::element_type::OBJECT: return PM_JSON_OBJECT;
    case dom::element_type::INT64:
    case dom::element_type::UINT64: return PM_JSON_INTEGER;
    case dom::element_type::DOUBLE: return PM_JSON_DOUBLE;
    case dom::element_type::STRING: return PM_JSON_STRING;
    case dom::element_type::BOOL: return PM_JSON_BOOLEAN;
    case dom::element_type::NULL_VALUE: break;
    }
    return PM_JSON_NULL;
}

bool pm_json_field(pm_json_value object, const char *key, size_t length, pm_json_value *value) {
    dom::element found;
    if (opened<dom::element>(object).at_key(std::string_view(key, length)).get(found)) return false;
    *value = closed(found);
    return true;
}

bool pm_json_field_any_case(pm_json_value object, const char *key, size_t length, pm_json_value *value) {
    dom::element found;
    error_code error =
        opened<dom::element>(object).at_key_case_insensitive(std::string_view(key, length)).get(found);
    if (error) return false;
    *value = closed(found);
    return true;
}

bool pm_json_items_of(pm_json_value array, pm_json_items *items) {
    dom::array inner;
    if (opened<dom::element>(array).get_array().get(inner)) return false;
    items->next = closed(inner.begin());
    items->end = closed(inner.end());
    return true;
}

bool pm_json_next(pm_json_items *items, pm_json_value *value) {
    auto next = opened<dom::array::iterator>(items->next);
    if (!(next != opened<dom::array::iterator>(items->end))) return false;
    *value = closed(*next);
    items->next = closed(++next);
    return true;
}

bool pm_json_string(pm_json_value value, const char **text, size_t *length) {
    std::string_view view;
    if (opened<dom::element>(value).get_string().get(view)) return false;
    *text = view.data();
    *length = view.size();
    return true;
}

bool pm_json_integer(pm_json_value value, int64_t *number) {
    return opened<dom::element>(value).get_int64().get(*number) == simdjson::SUCCESS;
}

bool pm_json_double(pm_json_value value, double *number) {
    return opened<dom::element>(value).get_double().get(*number) == simdjson::SUCCESS;
}

bool pm_json_boolean(pm_json_value value, bool *truth) {
    return opened<dom::element>(value).get_bool().get(*truth) == simdjson::SUCCESS;
}
