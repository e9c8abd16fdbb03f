/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Percent-encoding (RFC 3986 §2.1), HTML forms (WHATWG URL §5.1), and SendGrid's own spelling of
 * it.
 */
#include "rules/decode/decoders.h"
#include "rules/query.h"

static void unescape(struct span in, char escape, bool plus, GString *out)
{
	for (size_t i = 0; i < in.len; i++) {
		char c = in.ptr[i];

		if (c == escape && i + 2 < in.len && g_ascii_isxdigit(in.ptr[i + 1]) &&
			g_ascii_isxdigit(in.ptr[i + 2])) {
			c = (char)(g_ascii_xdigit_value(in.ptr[i + 1]) << 4 |
				   g_ascii_xdigit_value(in.ptr[i + 2]));
			i += 2;
		} else if (plus && c == '+') {
			c = ' ';
		}
		g_string_append_c(out, c);
	}
}

static bool decode_percent(struct span in, const char *argument, GString *out)
{
	(void)argument;
	unescape(in, '%', false, out);
	return true;
}

const struct decoder decoder_percent = {
	"percent", DECODE_ARG_NONE, "percent-decoding", decode_percent};

/* More layers than this are no accident of forwarding. */
#define MAX_LAYERS 8

static bool is_escape(const char *at)
{
	return *at == '%' && g_ascii_isxdigit(at[1]) && g_ascii_isxdigit(at[2]);
}

/* Whether an escape stands where `http://` or `https://` should. */
static bool is_wrapped(const char *text)
{
	while (g_ascii_isspace(*text))
		text++;
	for (const char *c = "http"; *c; c++, text++)
		if (g_ascii_tolower(*text) != *c)
			return is_escape(text);
	text += g_ascii_tolower(*text) == 's';
	for (const char *c = "://"; *c; c++, text++)
		if (*text != *c)
			return is_escape(text);
	return false;
}

/* A URL that was encoded more often than once, as forwarders do; one that stands in the open keeps
 * the escapes it has of its own. One without a scheme has that of the forwarder, https. */
static bool decode_peel(struct span in, const char *argument, GString *out)
{
	(void)argument;
	g_string_append_len(out, in.ptr, (gssize)in.len);
	for (unsigned i = 0; i < MAX_LAYERS && is_wrapped(out->str); i++) {
		g_autoptr(GString) layer = g_string_new_len(out->str, (gssize)out->len);

		g_string_truncate(out, 0);
		unescape(span_from_string(layer), '%', false, out);
	}
	if (g_str_has_prefix(out->str, "//"))
		g_string_prepend(out, "https:");
	return true;
}

const struct decoder decoder_peel = {
	"peel", DECODE_ARG_NONE, "percent-decoding until a URL stands there", decode_peel};

static bool decode_form(struct span in, const char *key, GString *out)
{
	if (key && !query_find(in, key, &in))
		return false;
	unescape(in, '%', true, out);
	return true;
}

const struct decoder decoder_form = {"form", DECODE_ARG_OPTIONAL,
	"form-decoding, of a parameter of a query string", decode_form};

static bool decode_sendgrid(struct span in, const char *argument, GString *out)
{
	(void)argument;
	unescape(in, '-', false, out);
	return true;
}

const struct decoder decoder_sendgrid = {"sendgrid", DECODE_ARG_NONE,
	"SendGrid's -2F spelling of percent-encoding", decode_sendgrid};

/* Proofpoint URL Defense v2, https://help.proofpoint.com/ (URL Decoder API). */
static bool decode_urldefense2(struct span in, const char *argument, GString *out)
{
	g_autoptr(GString) plain = g_string_new_len(in.ptr, (gssize)in.len);

	(void)argument;
	for (size_t i = 0; i < plain->len; i++) {
		if (plain->str[i] == '-')
			plain->str[i] = '%';
		else if (plain->str[i] == '_')
			plain->str[i] = '/';
	}
	unescape(span_from_string(plain), '%', false, out);
	return true;
}

const struct decoder decoder_urldefense2 = {
	"urldefense2", DECODE_ARG_NONE, "Proofpoint URL Defense v2", decode_urldefense2};
