/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Base64 (RFC 4648 §4 and §5), as trackers write it: either alphabet, padding or none, or padding
 * by another character.
 */
#include "rules/decode/decoders.h"

static struct span trim(struct span in)
{
	while (in.len &&
		(memchr("=.*~", in.ptr[in.len - 1], 4) || g_ascii_isspace(in.ptr[in.len - 1])))
		in.len--;
	return in;
}

static bool decode_base64(struct span in, const char *argument, GString *out)
{
	gint state = 0;
	guint save = 0;

	(void)argument;
	in = trim(in);
	if (in.len % 4 == 1)
		return false;
	size_t start = out->len, padded = (in.len + 3) / 4 * 4;
	g_string_set_size(out, start + padded);
	/* In one alphabet, then decoded where it stands, as g_base64_decode_inplace() does. */
	char *plain = out->str + start;
	for (size_t i = 0; i < in.len; i++) {
		char c = in.ptr[i];

		plain[i] = c == '-' ? '+' : c == '_' ? '/' : c;
		if (!g_ascii_isalnum(plain[i]) && plain[i] != '+' && plain[i] != '/')
			return false;
	}
	memset(plain + in.len, '=', padded - in.len);
	gsize len = g_base64_decode_step(plain, padded, (guchar *)plain, &state, &save);
	g_string_set_size(out, start + len);
	return true;
}

const struct decoder decoder_base64 = {
	"base64", DECODE_ARG_NONE, "base64, either alphabet", decode_base64};

static bool decode_hex(struct span in, const char *argument, GString *out)
{
	(void)argument;
	if (in.len % 2)
		return false;
	for (size_t i = 0; i < in.len; i += 2) {
		int high = g_ascii_xdigit_value(in.ptr[i]),
		    low = g_ascii_xdigit_value(in.ptr[i + 1]);

		if (high < 0 || low < 0)
			return false;
		g_string_append_c(out, (char)(high << 4 | low));
	}
	return true;
}

const struct decoder decoder_hex = {"hex", DECODE_ARG_NONE, "pairs of hex digits", decode_hex};
