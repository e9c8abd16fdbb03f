/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The HTML character references that are left in URLs by mail generators: numbers, and the five
 * that escape markup.
 */
#include "rules/decode/decoders.h"

static const struct {
	const char *name;
	char c;
} named[] = {{"amp", '&'}, {"lt", '<'}, {"gt", '>'}, {"quot", '"'}, {"apos", '\''}};

static gunichar character(const char *reference, size_t len)
{
	char text[12];
	char *end;

	if (len >= sizeof(text))
		return 0;
	memcpy(text, reference, len);
	text[len] = '\0';
	if (*text == '#') {
		bool hex = text[1] == 'x' || text[1] == 'X';
		guint64 c = g_ascii_strtoull(text + (hex ? 2 : 1), &end, hex ? 16 : 10);

		return !*end && g_unichar_validate((gunichar)MIN(c, G_MAXUINT32)) ? (gunichar)c : 0;
	}
	for (size_t i = 0; i < G_N_ELEMENTS(named); i++)
		if (strcmp(named[i].name, text) == 0)
			return (gunichar)named[i].c;
	return 0;
}

static bool decode_entities(struct span in, const char *argument, GString *out)
{
	(void)argument;
	for (size_t i = 0; i < in.len; i++) {
		const char *at = in.ptr + i;
		const char *end = *at == '&' ? memchr(at, ';', MIN(in.len - i, 12)) : NULL;
		gunichar c = end ? character(at + 1, (size_t)(end - at - 1)) : 0;

		if (!c) {
			g_string_append_c(out, *at);
			continue;
		}
		g_string_append_unichar(out, c);
		i += (size_t)(end - at);
	}
	return true;
}

const struct decoder decoder_entities = {
	"entities", DECODE_ARG_NONE, "HTML character references", decode_entities};
