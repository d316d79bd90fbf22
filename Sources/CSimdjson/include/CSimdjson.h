// A C door to simdjson's DOM parser.
//
// The whole document is validated (grammar, UTF-8, numbers) before a value is handed out. Values are places
// in the parser's document: they cost nothing to copy and are void after the next parse or the parser's end.
// Nothing here throws; every function may be called on values of any kind and says "no" when it does not fit.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// One document's memory, used again for the next. Not to be shared between threads.
typedef struct pm_json_parser pm_json_parser;

// A value of the document that was parsed last.
typedef struct {
    const void *document;
    size_t place;
} pm_json_value;

// What is left of an array.
typedef struct {
    pm_json_value next;
    pm_json_value end;
} pm_json_items;

typedef enum {
    PM_JSON_NULL = 0,
    PM_JSON_BOOLEAN = 1,
    PM_JSON_INTEGER = 2,
    PM_JSON_DOUBLE = 3,
    PM_JSON_STRING = 4,
    PM_JSON_ARRAY = 5,
    PM_JSON_OBJECT = 6
} pm_json_kind;

typedef enum {
    PM_JSON_OK = 0,
    // Larger than the parser's limit.
    PM_JSON_TOO_LARGE = 1,
    // No memory to parse it with.
    PM_JSON_NO_MEMORY = 2,
    // Nested deeper than the parser's limit.
    PM_JSON_TOO_DEEP = 3,
    // Not UTF-8.
    PM_JSON_NOT_UTF8 = 4,
    // Holds a number that fits neither 64 bits nor a double.
    PM_JSON_BAD_NUMBER = 5,
    // Nothing but white space.
    PM_JSON_EMPTY = 6,
    // Not JSON for another reason.
    PM_JSON_MALFORMED = 7
} pm_json_outcome;

// The bytes that must be readable behind a document; their values do not matter.
size_t pm_json_padding(void);

// A parser for documents of up to `byte_limit` bytes that nest up to `depth_limit` deep; NULL without memory.
pm_json_parser *pm_json_parser_make(size_t byte_limit, size_t depth_limit);
void pm_json_parser_free(pm_json_parser *parser);

// Parses `length` bytes, behind which pm_json_padding() more can be read. The input is not kept.
pm_json_outcome pm_json_parse(
    pm_json_parser *parser, const uint8_t *bytes, size_t length, pm_json_value *root);

pm_json_kind pm_json_kind_of(pm_json_value value);

// The first field of an object with this name, whose text is compared after unescaping.
bool pm_json_field(pm_json_value object, const char *key, size_t length, pm_json_value *value);
// The same for a name whose ASCII letters may be of either case.
bool pm_json_field_any_case(pm_json_value object, const char *key, size_t length, pm_json_value *value);

bool pm_json_items_of(pm_json_value array, pm_json_items *items);
bool pm_json_next(pm_json_items *items, pm_json_value *value);

// Unescaped UTF-8, which may hold NUL; it lives as long as the document.
bool pm_json_string(pm_json_value value, const char **text, size_t *length);
// A whole number in the range of int64_t.
bool pm_json_integer(pm_json_value value, int64_t *number);
// Any number, a whole one rounded to the nearest double.
bool pm_json_double(pm_json_value value, double *number);
bool pm_json_boolean(pm_json_value value, bool *truth);

#ifdef __cplusplus
}
#endif
