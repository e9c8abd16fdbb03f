/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * JSON (RFC 8259), through jansson, and the lookup in values of all kinds.
 */
#include "rules/decode/decoders.h"
#include "rules/decode/value.h"

/* jansson recurses: what is too deep is refused before it sees it. */
static bool is_shallow(struct span in)
{
	unsigned depth = 0;
	bool quoted = false;

	for (size_t i = 0; i < in.len; i++) {
		char c = in.ptr[i];

		if (quoted && c == '\\')
			i++;
		else if (c == '"')
			quoted = !quoted;
		else if (!quoted && (c == '{' || c == '[') && ++depth > DECODE_MAX_DEPTH)
			return false;
		else if (!quoted && (c == '}' || c == ']') && depth)
			depth--;
	}
	return true;
}

json_t *value_of_json(struct span in)
{
	if (in.len > DECODE_MAX_SIZE || !is_shallow(in))
		return NULL;
	return json_loadb(in.ptr, in.len, JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL);
}

json_t *value_of_text(struct span text)
{
	return json_stringn(text.ptr, text.len);
}

json_t *value_of_unsigned(guint64 number)
{
	char text[24];

	if (number <= G_MAXINT64)
		return json_integer((json_int_t)number);
	g_snprintf(text, sizeof(text), "%" G_GUINT64_FORMAT, number);
	return json_string(text);
}

void value_put(json_t *object, const json_t *key, json_t *value)
{
	g_autoptr(GString) name = g_string_new(NULL);

	if (key && value && value_at(key, NULL, name) && !memchr(name->str, '\0', name->len))
		json_object_set(object, name->str, value);
}

static const json_t *step_into(const json_t *value, const char *key, size_t len)
{
	char *end;

	if (json_is_object(value))
		return json_object_getn(value, key, len);
	if (!json_is_array(value) || !g_ascii_isdigit(*key))
		return NULL;
	guint64 index = g_ascii_strtoull(key, &end, 10);
	return end == key + len ? json_array_get(value, index) : NULL;
}

static const json_t *follow(const json_t *value, const char *path)
{
	bool more = *path;

	while (value && more) {
		size_t len = strcspn(path, ".");

		value = step_into(value, path, len);
		more = path[len] == '.';
		path += len + more;
	}
	return value;
}

/* With as many digits as it takes to read the same number back; the caller frees it with g_free().
 */
static char *text_of(const json_t *value)
{
	const size_t flags = JSON_COMPACT | JSON_ENCODE_ANY;

	for (size_t digits = 15; json_is_real(value) && digits < 17; digits++) {
		g_autofree char *text = json_dumps(value, flags | JSON_REAL_PRECISION(digits));

		if (text && g_ascii_strtod(text, NULL) == json_real_value(value))
			return g_steal_pointer(&text);
	}
	return json_dumps(value, flags);
}

bool value_at(const json_t *value, const char *path, GString *out)
{
	value = path ? follow(value, path) : value;
	if (!value || json_is_null(value))
		return false;
	if (json_is_string(value)) {
		g_string_append_len(
			out, json_string_value(value), (gssize)json_string_length(value));
		return out->len <= DECODE_MAX_SIZE;
	}
	g_autofree char *text = text_of(value);
	if (!text || strlen(text) > DECODE_MAX_SIZE)
		return false;
	g_string_append(out, text);
	return true;
}

bool value_take(json_t *value, const char *path, GString *out)
{
	bool found = value && value_at(value, path, out);

	json_decref(value);
	return found;
}

static bool decode_json(struct span in, const char *path, GString *out)
{
	return value_take(value_of_json(in), path, out);
}

const struct decoder decoder_json = {
	"json", DECODE_ARG_OPTIONAL, "the item at a path of a JSON text", decode_json};

/* The payload of a JWT (RFC 7519): the second of its parts. The signature is the sender's business.
 */
json_t *value_of_jwt(struct span in)
{
	const char *first = memchr(in.ptr, '.', in.len);
	const char *second =
		first ? memchr(first + 1, '.', (size_t)(in.ptr + in.len - first - 1)) : NULL;
	g_autoptr(GString) payload = g_string_new(NULL);

	if (!second)
		return NULL;
	struct span part = {first + 1, (size_t)(second - first - 1)};
	return decoder_base64.decode(part, NULL, payload) ? value_of_json(span_from_string(payload))
							  : NULL;
}

static bool decode_jwt(struct span in, const char *path, GString *out)
{
	return value_take(value_of_jwt(in), path, out);
}

const struct decoder decoder_jwt = {
	"jwt", DECODE_ARG_OPTIONAL, "the item at a path of a JWT's payload", decode_jwt};
