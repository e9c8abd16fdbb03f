/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/mail/link.h"

const char *link_kind_name(enum link_kind kind)
{
	static const char *const names[] = {"anchor", "area", "form", "refresh", "link", "frame",
		"image", "pixel", "text", "header"};

	return names[kind];
}

bool link_is_clickable(const struct link *link)
{
	return link->kind != LINK_IMAGE && link->kind != LINK_PIXEL && link->kind != LINK_LINK;
}

void link_free(struct link *link)
{
	if (!link)
		return;
	g_free(link->text);
	g_free(link->raw);
	url_free(link->url);
	g_free(link);
}

/* ---- URLs in plain text ---- */

static bool begins_with(struct span text, const char *prefix)
{
	return text.len >= strlen(prefix) &&
	       g_ascii_strncasecmp(text.ptr, prefix, strlen(prefix)) == 0;
}

/* The length of what makes a URL begin here, 0 where none does. */
static size_t beginning(struct span text)
{
	static const char *const beginnings[] = {"http://", "https://", "ftp://", "www."};

	for (size_t i = 0; i < G_N_ELEMENTS(beginnings); i++)
		if (begins_with(text, beginnings[i]))
			return strlen(beginnings[i]);
	return 0;
}

/* Characters that end a URL in running text: blanks, quotes, angle brackets, and the punctuation of
 * other scripts. */
static bool ends_url(gunichar c)
{
	if (c <= ' ' || c == 0x7F || strchr("<>\"`", (int)MIN(c, 0x7F)))
		return true;
	if (c < 0x80)
		return false;
	return (c >= 0x3000 && c <= 0x303F) || (c >= 0x2018 && c <= 0x201F) || c == 0xAB ||
	       c == 0xBB || (c >= 0xFF00 && c <= 0xFF0F) || c == 0xFF1A || c == 0xFF1B ||
	       c == 0xFF1F || g_unichar_isspace(c) || g_unichar_type(c) == G_UNICODE_FORMAT;
}

static size_t extent(struct span text)
{
	size_t at = 0;

	while (at < text.len) {
		gunichar c = g_utf8_get_char_validated(text.ptr + at, (gssize)(text.len - at));

		if (c == (gunichar)-1 || c == (gunichar)-2 || ends_url(c))
			break;
		at += (size_t)g_unichar_to_utf8(c, NULL);
	}
	return at;
}

static char opening(char closing)
{
	switch (closing) {
	case ')':
		return '(';
	case ']':
		return '[';
	case '}':
		return '{';
	default:
		return 0;
	}
}

/* Punctuation at the end belongs to the sentence, a closing bracket only where it was not opened
 * inside. */
static size_t without_punctuation(const char *url, size_t len)
{
	int depth[3] = {0};
	static const char closing[] = ")]}";

	for (size_t i = 0; i < len; i++)
		for (int b = 0; b < 3; b++)
			depth[b] += (url[i] == opening(closing[b])) - (url[i] == closing[b]);
	while (len) {
		const char *bracket = strchr(closing, url[len - 1]);

		if (bracket && depth[bracket - closing] < 0)
			depth[bracket - closing]++;
		else if (!strchr(".,;:!?'*_", url[len - 1]))
			break;
		len--;
	}
	return len;
}

void link_find_in_text(struct span text, void (*found)(struct span url, void *data), void *data)
{
	for (size_t i = 0; i < text.len;) {
		struct span rest = {text.ptr + i, text.len - i};
		bool inside_word = i > 0 && g_ascii_isalnum(text.ptr[i - 1]);
		size_t start = inside_word ? 0 : beginning(rest);
		size_t len = start ? without_punctuation(rest.ptr, extent(rest)) : 0;

		if (len <= start) {
			i++;
			continue;
		}
		found((struct span){rest.ptr, len}, data);
		i += len;
	}
}
