/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * PHP's serialize() (https://www.php.net/manual/en/function.serialize.php): scalars and arrays;
 * objects are refused.
 */
#include "rules/decode/decoders.h"
#include "rules/decode/value.h"

struct reader {
	struct span rest;
	unsigned items;
};

static bool take(struct reader *reader, const char *text)
{
	size_t len = strlen(text);

	if (reader->rest.len < len || memcmp(reader->rest.ptr, text, len) != 0)
		return false;
	reader->rest.ptr += len;
	reader->rest.len -= len;
	return true;
}

/* What stands before `end`, which is taken too. */
static bool take_until(struct reader *reader, char end, char *text, size_t size)
{
	const char *at = memchr(reader->rest.ptr, end, MIN(reader->rest.len, size));

	if (!at || (size_t)(at - reader->rest.ptr) >= size)
		return false;
	size_t len = (size_t)(at - reader->rest.ptr);
	memcpy(text, reader->rest.ptr, len);
	text[len] = '\0';
	reader->rest.ptr += len + 1;
	reader->rest.len -= len + 1;
	return true;
}

static bool take_length(struct reader *reader, size_t *length)
{
	char text[12], *end;

	if (!take_until(reader, ':', text, sizeof(text)))
		return false;
	*length = (size_t)g_ascii_strtoull(text, &end, 10);
	return end != text && !*end && *length <= reader->rest.len;
}

static json_t *read_value(struct reader *reader, unsigned depth);

static json_t *read_string(struct reader *reader)
{
	size_t length;

	if (!take_length(reader, &length) || !take(reader, "\"") || length > reader->rest.len)
		return NULL;
	struct span text = {reader->rest.ptr, length};
	reader->rest.ptr += length;
	reader->rest.len -= length;
	if (!take(reader, "\";"))
		return NULL;
	json_t *value = value_of_text(text);
	/* One text in another encoding does not spoil what stands beside it. */
	return value ? value : json_null();
}

static json_t *read_array(struct reader *reader, unsigned depth)
{
	json_t *object = json_object();
	size_t count;

	if (!take_length(reader, &count) || !take(reader, "{"))
		goto failed;
	for (size_t i = 0; i < count; i++) {
		json_t *key = read_value(reader, 1);
		json_t *value = key ? read_value(reader, depth) : NULL;

		value_put(object, key, value);
		json_decref(key);
		json_decref(value);
		if (!value)
			goto failed;
	}
	if (take(reader, "}"))
		return object;
failed:
	json_decref(object);
	return NULL;
}

static json_t *read_integer(struct reader *reader)
{
	char text[32], *end;

	if (!take_until(reader, ';', text, sizeof(text)))
		return NULL;
	gint64 number = g_ascii_strtoll(text, &end, 10);
	return end != text && !*end ? json_integer(number) : NULL;
}

static json_t *read_double(struct reader *reader)
{
	char text[64], *end;

	if (!take_until(reader, ';', text, sizeof(text)))
		return NULL;
	double number = g_ascii_strtod(text, &end);
	return end != text && !*end ? json_real(number) : NULL;
}

static json_t *read_value(struct reader *reader, unsigned depth)
{
	if (depth == 0 || ++reader->items > VALUE_MAX_ITEMS)
		return NULL;
	if (take(reader, "N;"))
		return json_null();
	if (take(reader, "b:1;"))
		return json_true();
	if (take(reader, "b:0;"))
		return json_false();
	if (take(reader, "s:"))
		return read_string(reader);
	if (take(reader, "a:"))
		return read_array(reader, depth - 1);
	if (take(reader, "i:"))
		return read_integer(reader);
	if (take(reader, "d:"))
		return read_double(reader);
	return NULL;
}

json_t *value_of_php(struct span in)
{
	struct reader reader = {.rest = in};

	return in.len <= DECODE_MAX_SIZE ? read_value(&reader, DECODE_MAX_DEPTH) : NULL;
}

static bool decode_php(struct span in, const char *path, GString *out)
{
	return value_take(value_of_php(in), path, out);
}

const struct decoder decoder_php = {
	"php", DECODE_ARG_OPTIONAL, "the item at a path of PHP's serialize()", decode_php};
