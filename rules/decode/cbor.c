/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * CBOR (RFC 8949), through libcbor, as values.
 */
#include "rules/decode/decoders.h"
#include "rules/decode/value.h"

#include <cbor.h>

static json_t *of_cbor(cbor_item_t *item, unsigned depth);

static void put_cbor(json_t *object, cbor_item_t *key, cbor_item_t *item, unsigned depth)
{
	json_t *value = of_cbor(item, depth);
	json_t *name = of_cbor(key, depth);

	value_put(object, name, value);
	json_decref(name);
	json_decref(value);
}

static json_t *of_cbor_array(cbor_item_t *item, unsigned depth)
{
	json_t *array = json_array();

	for (size_t i = 0; i < cbor_array_size(item); i++) {
		cbor_item_t *entry = cbor_array_handle(item)[i];
		json_t *value = of_cbor(entry, depth);

		json_array_append_new(array, value ? value : json_null());
	}
	return array;
}

static json_t *of_cbor_map(cbor_item_t *item, unsigned depth)
{
	json_t *object = json_object();

	for (size_t i = 0; i < cbor_map_size(item); i++)
		put_cbor(object, cbor_map_handle(item)[i].key, cbor_map_handle(item)[i].value,
			depth);
	return object;
}

static struct span cbor_bytes(const cbor_item_t *item)
{
	if (cbor_isa_string(item))
		return (struct span){
			(const char *)cbor_string_handle(item), cbor_string_length(item)};
	return (struct span){
		(const char *)cbor_bytestring_handle(item), cbor_bytestring_length(item)};
}

/* A string, of text or bytes, whole or in chunks. */
static json_t *of_cbor_text(const cbor_item_t *item)
{
	bool text = cbor_isa_string(item);
	g_autoptr(GString) whole = g_string_new(NULL);

	if (text ? cbor_string_is_definite(item) : cbor_bytestring_is_definite(item))
		return value_of_text(cbor_bytes(item));
	size_t count = text ? cbor_string_chunk_count(item) : cbor_bytestring_chunk_count(item);
	cbor_item_t *const *chunks =
		text ? cbor_string_chunks_handle(item) : cbor_bytestring_chunks_handle(item);
	for (size_t i = 0; i < count; i++) {
		struct span chunk = cbor_bytes(chunks[i]);

		g_string_append_len(whole, chunk.ptr, (gssize)chunk.len);
	}
	return value_of_text(span_from_string(whole));
}

static json_t *of_cbor_float(cbor_item_t *item)
{
	if (!cbor_float_ctrl_is_ctrl(item))
		return json_real(cbor_float_get_float(item));
	return cbor_is_bool(item) ? json_boolean(cbor_get_bool(item)) : json_null();
}

static json_t *of_cbor(cbor_item_t *item, unsigned depth)
{
	if (depth == 0)
		return NULL;
	switch (cbor_typeof(item)) {
	case CBOR_TYPE_UINT:
		return value_of_unsigned(cbor_get_int(item));
	case CBOR_TYPE_NEGINT:
		return cbor_get_int(item) <= G_MAXINT64
			       ? json_integer(-1 - (json_int_t)cbor_get_int(item))
			       : NULL;
	case CBOR_TYPE_STRING:
	case CBOR_TYPE_BYTESTRING:
		return of_cbor_text(item);
	case CBOR_TYPE_ARRAY:
		return of_cbor_array(item, depth - 1);
	case CBOR_TYPE_MAP:
		return of_cbor_map(item, depth - 1);
	case CBOR_TYPE_FLOAT_CTRL:
		return of_cbor_float(item);
	case CBOR_TYPE_TAG: {
		cbor_item_t *tagged = cbor_tag_item(item);
		json_t *value = of_cbor(tagged, depth - 1);

		cbor_decref(&tagged);
		return value;
	}
	}
	return NULL;
}

/* libcbor frees by recursion, and allocates what a header announces: a depth and a size check on
 * the raw bytes come first. Returns the bytes that one item takes, 0 where it is malformed or over
 * a limit. */
static size_t measure_cbor(struct span in, unsigned depth, unsigned *items);

static size_t measure_children(
	struct span in, size_t at, guint64 count, bool until_break, unsigned depth, unsigned *items)
{
	for (guint64 i = 0; until_break || i < count; i++) {
		if (until_break && at < in.len && (guchar)in.ptr[at] == 0xFF)
			return at + 1;
		size_t len = measure_cbor((struct span){in.ptr + at, in.len - at}, depth, items);
		if (!len)
			return 0;
		at += len;
	}
	return at;
}

static size_t measure_cbor(struct span in, unsigned depth, unsigned *items)
{
	if (!in.len || !depth || ++*items > VALUE_MAX_ITEMS)
		return 0;
	guchar major = (guchar)in.ptr[0] >> 5, minor = (guchar)in.ptr[0] & 0x1F;
	size_t at = 1;
	guint64 argument = minor;
	bool indefinite = minor == 31;

	if (minor >= 28 && !indefinite)
		return 0;
	if (minor >= 24 && minor < 28) {
		size_t width = (size_t)1 << (minor - 24);

		if (in.len < 1 + width)
			return 0;
		argument = 0;
		for (size_t i = 0; i < width; i++)
			argument = argument << 8 | (guchar)in.ptr[1 + i];
		at += width;
	}
	switch (major) {
	case 2:
	case 3:
		if (indefinite)
			return measure_children(in, at, 0, true, depth - 1, items);
		return argument <= in.len - at ? at + argument : 0;
	case 4:
		return argument <= in.len || indefinite
			       ? measure_children(in, at, argument, indefinite, depth - 1, items)
			       : 0;
	case 5:
		return argument <= in.len || indefinite ? measure_children(in, at, argument * 2,
								  indefinite, depth - 1, items)
							: 0;
	case 6:
		return indefinite ? 0 : measure_children(in, at, 1, false, depth - 1, items);
	default:
		return indefinite ? 0 : at;
	}
}

json_t *value_of_cbor(struct span in)
{
	struct cbor_load_result result;
	unsigned items = 0;

	if (in.len > DECODE_MAX_SIZE || !measure_cbor(in, DECODE_MAX_DEPTH, &items))
		return NULL;
	cbor_item_t *item = cbor_load((cbor_data)in.ptr, in.len, &result);
	if (!item)
		return NULL;
	json_t *value = of_cbor(item, DECODE_MAX_DEPTH);
	cbor_decref(&item);
	return value;
}

static bool decode_cbor(struct span in, const char *path, GString *out)
{
	return value_take(value_of_cbor(in), path, out);
}

const struct decoder decoder_cbor = {
	"cbor", DECODE_ARG_OPTIONAL, "the item at a path of CBOR", decode_cbor};
