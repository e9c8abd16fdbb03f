/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * MessagePack (https://msgpack.org), through msgpack-c, as values.
 */
#include "rules/decode/decoders.h"
#include "rules/decode/value.h"

#include <msgpack.h>

static json_t *of_msgpack(const msgpack_object *object, unsigned depth);

static json_t *of_msgpack_array(const msgpack_object_array *from, unsigned depth)
{
	json_t *array = json_array();

	for (uint32_t i = 0; i < from->size; i++) {
		json_t *value = of_msgpack(&from->ptr[i], depth);

		json_array_append_new(array, value ? value : json_null());
	}
	return array;
}

static json_t *of_msgpack_map(const msgpack_object_map *from, unsigned depth)
{
	json_t *object = json_object();

	for (uint32_t i = 0; i < from->size; i++) {
		json_t *name = of_msgpack(&from->ptr[i].key, depth);
		json_t *value = of_msgpack(&from->ptr[i].val, depth);

		value_put(object, name, value);
		json_decref(name);
		json_decref(value);
	}
	return object;
}

static json_t *of_msgpack(const msgpack_object *object, unsigned depth)
{
	if (depth == 0)
		return NULL;
	switch (object->type) {
	case MSGPACK_OBJECT_BOOLEAN:
		return json_boolean(object->via.boolean);
	case MSGPACK_OBJECT_POSITIVE_INTEGER:
		return value_of_unsigned(object->via.u64);
	case MSGPACK_OBJECT_NEGATIVE_INTEGER:
		return json_integer((json_int_t)object->via.i64);
	case MSGPACK_OBJECT_FLOAT32:
	case MSGPACK_OBJECT_FLOAT64:
		return json_real(object->via.f64);
	case MSGPACK_OBJECT_STR:
		return value_of_text((struct span){object->via.str.ptr, object->via.str.size});
	case MSGPACK_OBJECT_BIN:
		return value_of_text((struct span){object->via.bin.ptr, object->via.bin.size});
	case MSGPACK_OBJECT_ARRAY:
		return of_msgpack_array(&object->via.array, depth - 1);
	case MSGPACK_OBJECT_MAP:
		return of_msgpack_map(&object->via.map, depth - 1);
	default:
		return NULL;
	}
}

/* How an item goes on after its first byte: bytes that give a length, the most significant first;
 * bytes that are there in any case; how many items there are for each of that length, 0 where it
 * counts bytes. */
struct shape {
	guchar width, fixed, items;
};

/* By first byte, from 0xC0. */
static const struct shape shapes[0x20] = {
	[0x04] = {1, 0, 0}, /* bytes */
	[0x05] = {2, 0, 0},
	[0x06] = {4, 0, 0},
	[0x07] = {1, 1, 0}, /* extension and its type */
	[0x08] = {2, 1, 0},
	[0x09] = {4, 1, 0},
	[0x0A] = {0, 4, 0}, /* float */
	[0x0B] = {0, 8, 0},
	[0x0C] = {0, 1, 0}, /* unsigned number */
	[0x0D] = {0, 2, 0},
	[0x0E] = {0, 4, 0},
	[0x0F] = {0, 8, 0},
	[0x10] = {0, 1, 0}, /* signed number */
	[0x11] = {0, 2, 0},
	[0x12] = {0, 4, 0},
	[0x13] = {0, 8, 0},
	[0x14] = {0, 2, 0}, /* extension of fixed length */
	[0x15] = {0, 3, 0},
	[0x16] = {0, 5, 0},
	[0x17] = {0, 9, 0},
	[0x18] = {0, 17, 0},
	[0x19] = {1, 0, 0}, /* string */
	[0x1A] = {2, 0, 0},
	[0x1B] = {4, 0, 0},
	[0x1C] = {2, 0, 1}, /* array */
	[0x1D] = {4, 0, 1},
	[0x1E] = {2, 0, 2}, /* map */
	[0x1F] = {4, 0, 2},
};

/* `length` gets what the first byte itself says of it. */
static struct shape shape_of(guchar first, guint64 *length)
{
	*length = 0;
	if (first < 0x80 || first >= 0xE0)
		return (struct shape){0, 0, 0};
	if (first >= 0xC0)
		return shapes[first - 0xC0];
	*length = first & (first < 0xA0 ? 0x0F : 0x1F);
	return (struct shape){0, 0, first < 0x90 ? 2 : first < 0xA0};
}

/* msgpack-c allocates what a header announces: a look at the raw bytes comes first. Returns the
 * bytes that one item takes, 0 where it is cut off or over a limit. */
static size_t measure_msgpack(struct span in, unsigned depth, unsigned *items)
{
	guint64 length;
	size_t at = 1;

	if (!in.len || !depth || ++*items > VALUE_MAX_ITEMS)
		return 0;
	struct shape shape = shape_of((guchar)in.ptr[0], &length);
	if (in.len < at + shape.width + shape.fixed)
		return 0;
	for (unsigned i = 0; i < shape.width; i++)
		length = length << 8 | (guchar)in.ptr[at++];
	at += shape.fixed;
	if (!shape.items)
		return length <= in.len - at ? at + length : 0;
	for (guint64 i = 0; i < length * shape.items; i++) {
		size_t len =
			measure_msgpack((struct span){in.ptr + at, in.len - at}, depth - 1, items);

		if (!len)
			return 0;
		at += len;
	}
	return at;
}

json_t *value_of_msgpack(struct span in)
{
	msgpack_unpacked unpacked;
	unsigned items = 0;
	size_t at = 0;
	json_t *value = NULL;

	if (in.len > DECODE_MAX_SIZE || !measure_msgpack(in, DECODE_MAX_DEPTH, &items))
		return NULL;
	msgpack_unpacked_init(&unpacked);
	if (msgpack_unpack_next(&unpacked, in.ptr, in.len, &at) == MSGPACK_UNPACK_SUCCESS)
		value = of_msgpack(&unpacked.data, DECODE_MAX_DEPTH);
	msgpack_unpacked_destroy(&unpacked);
	return value;
}

static bool decode_msgpack(struct span in, const char *path, GString *out)
{
	return value_take(value_of_msgpack(in), path, out);
}

const struct decoder decoder_msgpack = {
	"msgpack", DECODE_ARG_OPTIONAL, "the item at a path of MessagePack", decode_msgpack};
