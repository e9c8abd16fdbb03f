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

/* `#65`, `#x41`; 0 where it is no character. */
static gunichar numbered(const char *text)
{
	bool hex = text[1] == 'x' || text[1] == 'X';
	const char *digits = text + (hex ? 2 : 1);
	char *end;
	guint64 c = g_ascii_strtoull(digits, &end, hex ? 16 : 10);

	/* strtoull() takes blanks and signs. */
	if (*end || !g_ascii_isxdigit(*digits) || c > 0x10FFFF || !g_unichar_validate((gunichar)c))
		return 0;
	return (gunichar)c;
}

static gunichar character(const char *reference, size_t len)
{
	char text[12];

	if (len >= sizeof(text) || memchr(reference, '\0', len))
		return 0;
	memcpy(text, reference, len);
	text[len] = '\0';
	if (*text == '#')
		return numbered(text);
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
