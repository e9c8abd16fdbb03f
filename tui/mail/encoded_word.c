/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/mail/encoded_word.h"

#include "rules/span.h"

#include <glib.h>
#include <string.h>

/* `=?charset?B?data?=` */
struct word {
	struct span charset, data;
	const char *end;
};

/* What is up to the next question mark, which `*at` then stands behind. */
static bool read_field(const char **at, struct span *field)
{
	size_t len = strcspn(*at, "? \t\r\n");

	*field = (struct span){*at, len};
	*at += len;
	return len && *(*at)++ == '?';
}

static bool word_at(const char *at, struct word *word)
{
	struct span encoding;

	if (at[0] != '=' || at[1] != '?')
		return false;
	at += 2;
	if (!read_field(&at, &word->charset) || !read_field(&at, &encoding) ||
		!read_field(&at, &word->data) || *at != '=')
		return false;
	word->end = at + 1;
	return encoding.len == 1 && g_ascii_tolower(*encoding.ptr) == 'b';
}

static bool same_charset(const struct word *a, const struct word *b)
{
	return a->charset.len == b->charset.len &&
	       g_ascii_strncasecmp(a->charset.ptr, b->charset.ptr, a->charset.len) == 0;
}

static void add_data(GByteArray *bytes, const struct word *word)
{
	g_autofree char *data = span_dup(word->data);
	gsize len;
	g_autofree guchar *decoded = g_base64_decode(data, &len);

	g_byte_array_append(bytes, decoded, (guint)len);
}

/* Appends the words of a row as one; returns where they end. */
static const char *join_row(GString *out, struct word word)
{
	g_autoptr(GByteArray) bytes = g_byte_array_new();
	struct word next;

	add_data(bytes, &word);
	while (word_at(word.end + strspn(word.end, " \t\r\n"), &next) &&
		same_charset(&word, &next)) {
		add_data(bytes, &next);
		word = next;
	}
	g_autofree char *data = g_base64_encode(bytes->data, bytes->len);
	g_string_append_printf(out, "=?%.*s?B?%s?=", (int)word.charset.len, word.charset.ptr, data);
	return word.end;
}

char *encoded_words_join(const char *header)
{
	GString *out = g_string_sized_new(strlen(header));
	struct word word;

	while (*header) {
		if (word_at(header, &word))
			header = join_row(out, word);
		else
			g_string_append_c(out, *header++);
	}
	return g_string_free(out, FALSE);
}
