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

/* Reads JSON no deeper than DECODE_MAX_DEPTH; NULL where it is none. The caller frees it with
 * json_decref(). */
json_t *value_of_json(struct span in);

#endif
