/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/mail/plain.h"

#include "rules/span.h"

/* ---- format=flowed ---- */

static size_t quote_depth(struct span line)
{
	size_t depth = 0;

	while (depth < line.len && line.ptr[depth] == '>')
		depth++;
	return depth;
}

/* Without its quote marks and the blank that was stuffed before it. */
static struct span content_of(struct span line, size_t depth)
{
	line.ptr += depth;
	line.len -= depth;
	if (line.len && line.ptr[0] == ' ') {
		line.ptr++;
		line.len--;
	}
	return line;
}

static struct span next_line(const char **at, const char *end)
{
	const char *newline = memchr(*at, '\n', (size_t)(end - *at));
	struct span line = {*at, (size_t)((newline ? newline : end) - *at)};

	*at = newline ? newline + 1 : end;
	return line;
}

static void begin_line(GString *joined, const char *quotes, size_t depth)
{
	g_string_append_len(joined, quotes, (gssize)depth);
	if (depth)
		g_string_append_c(joined, ' ');
}

void plain_join_flowed(GString *text, bool delsp)
{
	GString *joined = g_string_sized_new(text->len);
	const char *at = text->str, *end = text->str + text->len;
	bool flowing = false;
	size_t last_depth = 0;

	while (at < end) {
		struct span line = next_line(&at, end);
		size_t depth = quote_depth(line);
		struct span content = content_of(line, depth);
		bool signature = span_equal(content, "-- ");

		if (flowing && (depth != last_depth || signature)) {
			g_string_append_c(joined, '\n');
			flowing = false;
		}
		if (!flowing)
			begin_line(joined, line.ptr, depth);
		flowing = content.len && content.ptr[content.len - 1] == ' ' && !signature;
		last_depth = depth;
		g_string_append_len(
			joined, content.ptr, (gssize)(content.len - (flowing && delsp)));
		if (!flowing)
			g_string_append_c(joined, '\n');
	}
	g_string_assign(text, joined->str);
	g_string_free(joined, TRUE);
}

/* ---- iCalendar and vCard ---- */

/* What an escape stands for, NUL where it is none. */
static char escaped(char c)
{
	switch (c) {
	case 'n':
	case 'N':
		return '\n';
	case ',':
	case ';':
	case '\\':
		return c;
	default:
		return '\0';
	}
}

void plain_unfold_card(GString *text)
{
	gsize kept = 0;

	for (gsize i = 0; i < text->len; i++) {
		char c = text->str[i], next = text->str[i + 1];

		if (c == '\n' && (next == ' ' || next == '\t')) {
			i++;
		} else if (c == '\\' && escaped(next)) {
			text->str[kept++] = escaped(next);
			i++;
		} else {
			text->str[kept++] = c;
		}
	}
	g_string_truncate(text, kept);
}
