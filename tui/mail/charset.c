/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/mail/charset.h"

#include <errno.h>

/* Where an HTML document has to name its charset; browsers look at 1024 bytes. */
#define META_MAX 2048
#define NAME_MAX_LEN 40

/* Software writes the name of a small charset and means the larger one that holds it; so clients
 * read it as that (Encoding Standard §4.2). */
static const char *meant_charset(const char *charset)
{
	static const struct {
		const char *said, *meant;
	} names[] = {
		{"us-ascii", "WINDOWS-1252"},
		{"ascii", "WINDOWS-1252"},
		{"iso-8859-1", "WINDOWS-1252"},
		{"latin1", "WINDOWS-1252"},
		{"gb2312", "GB18030"},
		{"gbk", "GB18030"},
		{"shift_jis", "CP932"},
		{"shift-jis", "CP932"},
		{"ks_c_5601-1987", "CP949"},
		{"euc-kr", "CP949"},
		{"big5", "BIG5-HKSCS"},
		{"iso-8859-9", "WINDOWS-1254"},
		/* iconv would guess the byte order of this machine. */
		{"utf-16", "UTF-16LE"},
		{"unicode", "UTF-16LE"},
		{"utf-32", "UTF-32LE"},
	};

	for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
		if (g_ascii_strcasecmp(names[i].said, charset) == 0)
			return names[i].meant;
	}
	return charset;
}

static bool is_utf8_name(const char *charset)
{
	return g_ascii_strcasecmp(charset, "utf-8") == 0 ||
	       g_ascii_strcasecmp(charset, "utf8") == 0;
}

static bool is_latin_name(const char *charset)
{
	return g_ascii_strcasecmp(meant_charset(charset), "WINDOWS-1252") == 0;
}

/* ---- conversion ---- */

/* Converts what can be converted; other bytes become U+FFFD. */
static GString *convert(GIConv iconv, struct span bytes)
{
	GString *text = g_string_sized_new(bytes.len);
	char buffer[4096];
	char *in = (char *)bytes.ptr;
	size_t left = bytes.len;

	while (left) {
		char *out = buffer;
		size_t room = sizeof buffer;
		size_t done = g_iconv(iconv, &in, &left, &out, &room);
		int why = errno;

		g_string_append_len(text, buffer, (gssize)(sizeof buffer - room));
		if (done != (size_t)-1 || why == E2BIG)
			continue;
		g_string_append(text, "\xEF\xBF\xBD");
		g_iconv(iconv, NULL, NULL, NULL, NULL);
		in++;
		left--;
	}
	return text;
}

/* NULL where there is no such charset. */
static GString *from_charset(struct span bytes, const char *charset)
{
	GIConv iconv = *charset ? g_iconv_open("UTF-8", meant_charset(charset)) : (GIConv)-1;

	if (iconv == (GIConv)-1)
		return NULL;
	GString *text = convert(iconv, bytes);
	g_iconv_close(iconv);
	return text;
}

/* Takes the mark off and says what it stands for; NULL where there is none. */
static const char *take_byte_order_mark(struct span *bytes)
{
	static const struct {
		const char *mark, *charset;
	} marks[] = {{"\xEF\xBB\xBF", "utf-8"}, {"\xFF\xFE", "UTF-16LE"}, {"\xFE\xFF", "UTF-16BE"}};

	for (size_t i = 0; i < G_N_ELEMENTS(marks); i++) {
		size_t len = strlen(marks[i].mark);

		if (bytes->len >= len && memcmp(bytes->ptr, marks[i].mark, len) == 0) {
			bytes->ptr += len;
			bytes->len -= len;
			return marks[i].charset;
		}
	}
	return NULL;
}

static bool holds_url(struct span text)
{
	const char *end = text.ptr + text.len;

	for (const char *at = text.ptr; (at = memmem(at, (size_t)(end - at), "://", 3)); at++)
		if (at > text.ptr && g_ascii_isalpha(at[-1]))
			return true;
	return false;
}

/* A false name does not hide the links of a mail: its reader may well read it rightly. */
static GString *as_named(struct span bytes, const char *charset)
{
	GString *text = from_charset(bytes, charset);

	if (text && holds_url(bytes) && !holds_url(span_from_string(text))) {
		g_string_free(text, TRUE);
		return NULL;
	}
	return text;
}

/* ---- UTF-16 that was sent as it is ---- */

/* In such mail each character of ASCII has a NUL, which is a blank here (defuse.h). */
static char *with_nul(struct span bytes, bool big_endian)
{
	size_t blanks = 0;
	char *restored;

	for (size_t i = !big_endian; i < bytes.len; i += 2)
		blanks += bytes.ptr[i] == ' ';
	if (blanks * 3 < bytes.len)
		return NULL;
	restored = g_memdup2(bytes.ptr, bytes.len);
	for (size_t i = !big_endian; i < bytes.len; i += 2)
		if (restored[i] == ' ')
			restored[i] = '\0';
	return restored;
}

static GString *from_utf16(struct span bytes, const char *charset)
{
	bool big_endian = g_ascii_strcasecmp(charset, "UTF-16BE") == 0;
	g_autofree char *restored = with_nul(bytes, big_endian);
	struct span text = {restored ? restored : bytes.ptr, bytes.len};

	return as_named(text, charset);
}

static bool is_utf16_name(const char *charset)
{
	const char *meant = meant_charset(charset);

	return g_ascii_strcasecmp(meant, "UTF-16LE") == 0 ||
	       g_ascii_strcasecmp(meant, "UTF-16BE") == 0;
}

/* ---- what is left to do ---- */

/* Makes lines end in a bare newline, and NUL a blank. */
static void tidy(GString *text)
{
	char *end = text->str + text->len, *kept = text->str, *at = text->str;

	for (char *nul = text->str; (nul = memchr(nul, '\0', (size_t)(end - nul)));)
		*nul = ' ';
	while (at < end) {
		char *cr = memchr(at, '\r', (size_t)(end - at));
		char *stop = !cr ? end : cr[1] == '\n' ? cr : cr + 1;

		if (kept != at)
			memmove(kept, at, (size_t)(stop - at));
		kept += stop - at;
		at = stop + (stop == cr);
	}
	g_string_truncate(text, (gsize)(kept - text->str));
}

static void repair(GString *text)
{
	char *repaired = g_utf8_make_valid(text->str, (gssize)text->len);

	g_string_assign(text, repaired);
	g_free(repaired);
}

/* What the mail says, then UTF-8, then what old software sends unsaid. */
GString *charset_to_utf8(struct span bytes, const char *charset)
{
	const char *marked = take_byte_order_mark(&bytes);
	const char *name = marked ? marked : charset;
	bool utf8 = name && is_utf8_name(name);
	bool valid = false;
	GString *text = NULL;

	if (name && is_utf16_name(name))
		text = from_utf16(bytes, name);
	else if (name && !utf8 && !is_latin_name(name))
		text = as_named(bytes, name);
	if (!text)
		valid = g_utf8_validate_len(bytes.ptr, bytes.len, NULL);
	if (!text && !utf8 && !valid)
		text = from_charset(bytes, "WINDOWS-1252");
	if (!text)
		text = g_string_new_len(bytes.ptr, (gssize)bytes.len);
	tidy(text);
	/* Valid UTF-8 stays so. */
	if (!valid && !g_utf8_validate_len(text->str, text->len, NULL))
		repair(text);
	return text;
}

char *charset_in_html(struct span html)
{
	const char *end = html.ptr + html.len;
	const char *at = memmem(html.ptr, MIN(html.len, META_MAX), "charset=", 8);
	size_t len = 0;

	if (!at)
		return NULL;
	at += strlen("charset=");
	if (at < end && (*at == '"' || *at == '\''))
		at++;
	while (at + len < end && len < NAME_MAX_LEN &&
		(g_ascii_isalnum(at[len]) || at[len] == '-' || at[len] == '_'))
		len++;
	/* What a document says in ASCII is not in UTF-16 (HTML §13.2.3.2). */
	if (g_ascii_strncasecmp(at, "utf-16", 6) == 0)
		return g_strdup("utf-8");
	return g_strndup(at, len);
}
