/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A text in the forms that trackers and mailers write addresses in: the tests' own encoders.
 */
#ifndef ESPIAL_TESTS_ENCODING_H
#define ESPIAL_TESTS_ENCODING_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>
#include <glib.h>
#include <string.h>
#include <zlib.h>

/* ---- encoders: the caller frees what they return ---- */

typedef char *(*encode_fn)(const char *text);

#define each(text, format)                                         \
	GString *out = g_string_new(NULL);                         \
                                                                   \
	for (const char *at_ = (text); *at_; at_++)                \
		g_string_append_printf(out, format, (guchar)*at_); \
	return g_string_free(out, FALSE)

/* Of everything but letters and digits. */
static inline char *signs(const char *text, const char *mark)
{
	GString *out = g_string_new(NULL);

	for (; *text; text++)
		if (g_ascii_isalnum(*text))
			g_string_append_c(out, *text);
		else
			g_string_append_printf(out, "%s%02X", mark, (guchar)*text);
	return g_string_free(out, FALSE);
}

static inline char *plain(const char *text)
{
	return g_strdup(text);
}

static inline char *upper(const char *text)
{
	return g_ascii_strup(text, -1);
}

static inline char *mixed(const char *text)
{
	char *out = g_strdup(text);

	for (size_t i = 0; out[i]; i++)
		out[i] = i % 2 ? out[i] : g_ascii_toupper(out[i]);
	return out;
}

static inline char *percent(const char *text)
{
	return signs(text, "%");
}

static inline char *percent_all(const char *text)
{
	each(text, "%%%02x");
}

static inline char *percent_u(const char *text)
{
	each(text, "%%u%04X");
}

static inline char *sendgrid(const char *text)
{
	return signs(text, "-");
}

static inline char *underscored(const char *text)
{
	return signs(text, "_");
}

static inline char *starred(const char *text)
{
	return signs(text, "*");
}

static inline char *quoted(const char *text)
{
	return signs(text, "=");
}

static inline char *quoted_all(const char *text)
{
	each(text, "=%02X");
}

static inline char *soft_broken(const char *text)
{
	size_t half = strlen(text) / 2;

	return g_strdup_printf("%.*s=\r\n%s", (int)half, text, text + half);
}

/* Letters as wide as Chinese ones. */
static inline char *full_width(const char *text)
{
	GString *out = g_string_new(NULL);

	for (; *text; text++)
		g_string_append_unichar(out,
			g_ascii_isgraph(*text) ? (gunichar)*text - '!' + 0xff01 : (gunichar)*text);
	return g_string_free(out, FALSE);
}

static inline char *folded(const char *text)
{
	size_t half = strlen(text) / 2;

	return g_strdup_printf("%.*s\r\n\t%s", (int)half, text, text + half);
}

static inline char *tagged(const char *text)
{
	size_t half = strlen(text) / 2;

	return g_strdup_printf(
		"%.*s<span style=\"color:#777777\">%s", (int)half, text, text + half);
}

static inline char *spelled_out(const char *text)
{
	GString *out = g_string_new(NULL);

	for (; *text; text++)
		g_string_append_printf(out, "%c%s", *text, text[1] ? "\342\200\213" : "");
	return g_string_free(out, FALSE);
}

static inline char *decimal_entities(const char *text)
{
	each(text, "&#%d;");
}

static inline char *hex_entities(const char *text)
{
	each(text, "&#x%X;");
}

static inline char *named_entities(const char *text)
{
	g_auto(GStrv) at = g_strsplit(text, "@", -1);
	g_autofree char *joined = g_strjoinv("&commat;", at);
	g_auto(GStrv) dots = g_strsplit(joined, ".", -1);

	return g_strjoinv("&period;", dots);
}

static inline char *json(const char *text)
{
	each(text, "\\u%04x");
}

static inline char *javascript(const char *text)
{
	each(text, "\\x%02x");
}

static inline char *octal(const char *text)
{
	each(text, "\\%03o");
}

static inline char *slashed(const char *text)
{
	g_auto(GStrv) at = g_strsplit(text, "@", -1);

	return g_strjoinv("\\/", at);
}

static inline char *verp(const char *text)
{
	g_auto(GStrv) at = g_strsplit(text, "@", -1);

	return g_strjoinv("=", at);
}

static inline char *spoken(const char *text)
{
	g_auto(GStrv) at = g_strsplit(text, "@", -1);
	g_autofree char *joined = g_strjoinv(" (at) ", at);
	g_auto(GStrv) dots = g_strsplit(joined, ".", -1);

	return g_strjoinv(" dot ", dots);
}

static inline char *defanged(const char *text)
{
	g_auto(GStrv) at = g_strsplit(text, "@", -1);
	g_autofree char *joined = g_strjoinv("[@]", at);
	g_auto(GStrv) dots = g_strsplit(joined, ".", -1);

	return g_strjoinv("[.]", dots);
}

static inline char *apart(const char *text)
{
	g_auto(GStrv) at = g_strsplit(text, "@", -1);

	return g_strdup_printf("%s&d=%s", at[0], at[1] ? at[1] : "");
}

static inline char *domain_first(const char *text)
{
	g_auto(GStrv) at = g_strsplit(text, "@", -1);

	return g_strdup_printf("%s!%s", at[1] ? at[1] : "", at[0]);
}

static inline char *rot13(const char *text)
{
	char *out = g_strdup(text);

	for (char *c = out; *c; c++)
		if (g_ascii_isalpha(*c))
			*c = (char)((*c & 0x20) + 'A' + (g_ascii_toupper(*c) - 'A' + 13) % 26);
	return out;
}

static inline char *reversed(const char *text)
{
	return g_strreverse(g_strdup(text));
}

/* What pads it is nothing of the secret, and has forms of its own. */
static inline char *unpadded(char *token)
{
	token[strcspn(token, "=")] = '\0';
	return token;
}

static inline char *base64(const char *text)
{
	return unpadded(g_base64_encode((const guchar *)text, strlen(text)));
}

static inline char *base64url(const char *text)
{
	return g_strdelimit(g_strdelimit(base64(text), "+", '-'), "/", '_');
}

static inline char *base64_lines(const char *text)
{
	g_autofree char *whole = base64(text);
	GString *out = g_string_new(NULL);

	for (size_t i = 0; whole[i]; i++)
		g_string_append_printf(out, "%s%c", i && i % 12 == 0 ? "\r\n" : "", whole[i]);
	return g_string_free(out, FALSE);
}

static inline char *base32(const char *text)
{
	GString *out = g_string_new(NULL);
	guint32 value = 0;
	unsigned have = 0;

	for (; *text; text++) {
		value = (value << 8 | (guchar)*text) & 0xffff;
		for (have += 8; have >= 5; have -= 5)
			g_string_append_c(
				out, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"[value >> (have - 5) & 31]);
	}
	if (have)
		g_string_append_c(
			out, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"[value << (5 - have) & 31]);
	return g_string_free(out, FALSE);
}

static inline char *hex(const char *text)
{
	each(text, "%02x");
}

static inline char *hex_upper(const char *text)
{
	each(text, "%02X");
}

static inline char *utf16_base64(const char *text)
{
	gsize len = 0;
	g_autofree char *wide = g_convert(text, -1, "UTF-16LE", "UTF-8", NULL, &len, NULL);

	assert_non_null(wide);
	/* The last byte of it is nothing of the secret. */
	return unpadded(g_base64_encode((guchar *)wide, len - 1));
}

static inline char *deflated(const char *text)
{
	Bytef out[512];
	uLongf len = sizeof(out);

	assert_int_equal(compress(out, &len, (const Bytef *)text, strlen(text)), Z_OK);
	return unpadded(g_base64_encode(out, len));
}

static inline char *md5(const char *text)
{
	return g_compute_checksum_for_string(G_CHECKSUM_MD5, text, -1);
}

static inline char *sha1_upper(const char *text)
{
	g_autofree char *sum = g_compute_checksum_for_string(G_CHECKSUM_SHA1, text, -1);

	return g_ascii_strup(sum, -1);
}

static inline char *sha256(const char *text)
{
	return g_compute_checksum_for_string(G_CHECKSUM_SHA256, text, -1);
}

static inline char *sha512(const char *text)
{
	return g_compute_checksum_for_string(G_CHECKSUM_SHA512, text, -1);
}

static inline char *md5_of_upper(const char *text)
{
	g_autofree char *up = upper(text);

	return md5(up);
}

static inline char *md5_cut(const char *text)
{
	char *sum = md5(text);

	sum[16] = '\0';
	return sum;
}

static inline char *sha256_base64(const char *text)
{
	GChecksum *sum = g_checksum_new(G_CHECKSUM_SHA256);
	guint8 digest[32];
	gsize len = sizeof(digest);

	g_checksum_update(sum, (const guchar *)text, -1);
	g_checksum_get_digest(sum, digest, &len);
	g_checksum_free(sum);
	return unpadded(g_base64_encode(digest, len));
}

#define NAMED(function)             \
	{                           \
#function, function \
	}
static const struct encoder {
	const char *name;
	encode_fn encode;
} forms[] = {NAMED(plain), NAMED(upper), NAMED(mixed), NAMED(percent), NAMED(percent_all),
	NAMED(percent_u), NAMED(sendgrid), NAMED(underscored), NAMED(starred), NAMED(quoted),
	NAMED(quoted_all), NAMED(soft_broken), NAMED(full_width), NAMED(folded), NAMED(tagged),
	NAMED(spelled_out), NAMED(decimal_entities), NAMED(hex_entities), NAMED(named_entities),
	NAMED(json), NAMED(javascript), NAMED(octal), NAMED(slashed), NAMED(verp), NAMED(spoken),
	NAMED(defanged), NAMED(apart), NAMED(domain_first), NAMED(rot13), NAMED(reversed),
	NAMED(base64), NAMED(base64url), NAMED(base64_lines), NAMED(base32), NAMED(hex),
	NAMED(hex_upper), NAMED(utf16_base64), NAMED(deflated), NAMED(md5), NAMED(sha1_upper),
	NAMED(sha256), NAMED(sha512), NAMED(md5_of_upper), NAMED(md5_cut), NAMED(sha256_base64)};

/* Those that yield text which others can encode again, with each way taken once in a row. */
static const struct encoder layers[] = {NAMED(percent), NAMED(percent_all), NAMED(decimal_entities),
	NAMED(json), NAMED(base64), NAMED(hex), NAMED(base32)};

#endif
