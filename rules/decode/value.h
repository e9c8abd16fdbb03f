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

/* As value_at(), and frees the value, which may be NULL. */
bool value_take(json_t *value, const char *path, GString *out);

/* Reads a carrier no larger than DECODE_MAX_SIZE, no deeper than DECODE_MAX_DEPTH; NULL where the
 * input is none. The caller frees it with json_decref(). */
typedef json_t *(*value_reader)(struct span in);
json_t *value_of_json(struct span in);
json_t *value_of_jwt(struct span in);
json_t *value_of_cbor(struct span in);
json_t *value_of_msgpack(struct span in);
json_t *value_of_php(struct span in);

/* What a decoder of a structured carrier reads its input with, so that several items can be had of
 * one reading; NULL for other decoders. */
value_reader value_reader_of(const struct decoder *decoder);

#endif
