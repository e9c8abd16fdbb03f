/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Proofpoint URL Defense v3: `__<url>__;<base64>!!…`. Characters of the URL that v3 does not like
 * are `*` in it, and stand one after another in the base64; `**X` stands for a run of them, X
 * giving its length: A is 2, B is 3 … in the base64url alphabet. A `%` of the URL is such a
 * character: what is percent-encoded here has been so since, by a mail program.
 */
#include "rules/decode/decoders.h"

static int run_length(char c)
{
	static const char alphabet[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
	const char *at = c ? strchr(alphabet, c) : NULL;

	return at ? (int)(at - alphabet) + 2 : 0;
}

/* The length in bytes of the next character of the replacements, which are UTF-8. */
static size_t character(const GString *from, size_t at)
{
	gunichar c = g_utf8_get_char_validated(from->str + at, (gssize)(from->len - at));

	if (c == (gunichar)-1 || c == (gunichar)-2)
		return 1;
	return MAX(1, (size_t)g_unichar_to_utf8(c, NULL));
}

static bool put(const GString *from, size_t *at, int count, GString *out)
{
	for (; count > 0; count--) {
		if (*at >= from->len)
			return false;
		size_t len = character(from, *at);
		g_string_append_len(out, from->str + *at, (gssize)len);
		*at += len;
	}
	return true;
}

static bool fill_in(struct span url, const GString *replacements, GString *out)
{
	size_t at = 0;

	for (size_t i = 0; i < url.len; i++) {
		int run = i + 2 < url.len && url.ptr[i + 1] == '*' ? run_length(url.ptr[i + 2]) : 0;

		if (url.ptr[i] != '*') {
			g_string_append_c(out, url.ptr[i]);
		} else if (run) {
			if (!put(replacements, &at, run, out))
				return false;
			i += 2;
		} else if (!put(replacements, &at, 1, out)) {
			return false;
		}
	}
	return true;
}

/* Mail gateways fold `https://` into `https:/`. */
static void restore_slashes(GString *out)
{
	const char *colon = strstr(out->str, ":/");

	if (colon && colon[2] != '/')
		g_string_insert_c(out, colon + 2 - out->str, '/');
}

static bool decode_urldefense3(struct span in, const char *argument, GString *out)
{
	const char *end = in.len > 5 ? g_strrstr_len(in.ptr, (gssize)in.len, "__;") : NULL;
	g_autoptr(GString) replacements = g_string_new(NULL), url = g_string_new(NULL);

	(void)argument;
	if (!end || end < in.ptr + 2 || memcmp(in.ptr, "__", 2) != 0)
		return false;
	const char *encoded = end + 3;
	const char *stop = memchr(encoded, '!', (size_t)(in.ptr + in.len - encoded));
	struct span base64 = {encoded, (size_t)((stop ? stop : in.ptr + in.len) - encoded)};
	if (!decoder_base64.decode(base64, NULL, replacements))
		return false;
	struct span escaped = {in.ptr + 2, (size_t)(end - in.ptr - 2)};
	if (!decoder_percent.decode(escaped, NULL, url) ||
		!fill_in(span_from_string(url), replacements, out))
		return false;
	restore_slashes(out);
	return true;
}

const struct decoder decoder_urldefense3 = {
	"urldefense3", DECODE_ARG_NONE, "Proofpoint URL Defense v3", decode_urldefense3};
