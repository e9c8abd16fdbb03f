/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Small changes of text that trackers make, or that rules need to get at the part that matters.
 */
#include "rules/decode/decoders.h"

static bool decode_rot13(struct span in, const char *argument, GString *out)
{
	(void)argument;
	for (size_t i = 0; i < in.len; i++) {
		char c = in.ptr[i];

		if (g_ascii_islower(c))
			c = (char)('a' + (c - 'a' + 13) % 26);
		else if (g_ascii_isupper(c))
			c = (char)('A' + (c - 'A' + 13) % 26);
		g_string_append_c(out, c);
	}
	return true;
}

const struct decoder decoder_rot13 = {
	"rot13", DECODE_ARG_NONE, "letters turned by 13", decode_rot13};

static bool decode_reverse(struct span in, const char *argument, GString *out)
{
	(void)argument;
	for (size_t i = in.len; i > 0; i--)
		g_string_append_c(out, in.ptr[i - 1]);
	return true;
}

const struct decoder decoder_reverse = {
	"reverse", DECODE_ARG_NONE, "last byte first", decode_reverse};

static bool decode_lower(struct span in, const char *argument, GString *out)
{
	(void)argument;
	for (size_t i = 0; i < in.len; i++)
		g_string_append_c(out, g_ascii_tolower(in.ptr[i]));
	return true;
}

const struct decoder decoder_lower = {
	"lower", DECODE_ARG_NONE, "ASCII letters in lower case", decode_lower};

static bool decode_skip(struct span in, const char *argument, GString *out)
{
	char *end;
	guint64 count = g_ascii_strtoull(argument, &end, 10);

	if (*end || end == argument || count > in.len)
		return false;
	g_string_append_len(out, in.ptr + count, (gssize)(in.len - count));
	return true;
}

const struct decoder decoder_skip = {
	"skip", DECODE_ARG_REQUIRED, "without the first bytes", decode_skip};

static const char *find(struct span in, const char *text)
{
	return memmem(in.ptr, in.len, text, strlen(text));
}

static bool decode_until(struct span in, const char *argument, GString *out)
{
	const char *at = find(in, argument);

	g_string_append_len(out, in.ptr, at ? at - in.ptr : (gssize)in.len);
	return true;
}

const struct decoder decoder_until = {
	"until", DECODE_ARG_REQUIRED, "what stands before a text", decode_until};

static bool decode_after(struct span in, const char *argument, GString *out)
{
	const char *at = find(in, argument);

	if (!at)
		return false;
	at += strlen(argument);
	g_string_append_len(out, at, in.ptr + in.len - at);
	return true;
}

const struct decoder decoder_after = {
	"after", DECODE_ARG_REQUIRED, "what stands after a text", decode_after};

static bool decode_scheme(struct span in, const char *argument, GString *out)
{
	bool has = (in.len > 5 && g_ascii_strncasecmp(in.ptr, "http:", 5) == 0) ||
		   (in.len > 6 && g_ascii_strncasecmp(in.ptr, "https:", 6) == 0);

	if (!has)
		g_string_append_printf(out, "%s://", argument);
	g_string_append_len(out, in.ptr, (gssize)in.len);
	return true;
}

const struct decoder decoder_scheme = {
	"scheme", DECODE_ARG_REQUIRED, "with a scheme before it", decode_scheme};
