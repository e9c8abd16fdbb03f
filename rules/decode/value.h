/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the structured carriers (JSON, CBOR, MessagePack, PHP) share: each is read into a jansson
 * value, within limits, and the item at a path of it is the result.
 */
#ifndef ESPIAL_RULES_DECODE_VALUE_H
#define ESPIAL_RULES_DECODE_VALUE_H

#include "rules/decode/decode.h"

#include <jansson.h>

/* Values in one document beyond this are refused. */
#define VALUE_MAX_ITEMS 10000

/* Appends the item at `path` (`a.b.0`; NULL: the value itself): strings as they are, numbers and
 * booleans as JSON writes them, arrays and objects as compact JSON. Returns false where there is no
 * such item. */
bool value_at(const json_t *value, const char *path, GString *out);

/* A string; NULL where the bytes are not UTF-8, which have no place in JSON. */
json_t *value_of_text(struct span text);
/* A number; one that JSON readers cut is the text of it. */
json_t *value_of_unsigned(guint64 number);
/* Adds to an object under the text of `key`; nothing where the value is NULL or the key has none.
 * Neither is taken over. */
void value_put(json_t *object, const json_t *key, json_t *value);

/* Reads JSON no deeper than DECODE_MAX_DEPTH; NULL where it is none. The caller frees it with
 * json_decref(). */
json_t *value_of_json(struct span in);

#endif
