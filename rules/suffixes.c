/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rules/suffixes.h"

#include <string.h>

/* RFC 1035, 2.3.4: of a whole name and of a label. */
#define DOMAIN_MAX 253
#define LABEL_MAX 63

struct suffixes {
	gint refs;       /* atomic */
	GPtrArray *all;  /* of char * */
	GHashTable *set; /* of the same, not owned */
};

struct suffixes *suffixes_ref(struct suffixes *suffixes)
{
	g_atomic_int_inc(&suffixes->refs);
	return suffixes;
}

void suffixes_unref(struct suffixes *suffixes)
{
	if (!suffixes || !g_atomic_int_dec_and_test(&suffixes->refs))
		return;
	g_hash_table_unref(suffixes->set);
	g_ptr_array_unref(suffixes->all);
	g_free(suffixes);
}

static bool is_label_byte(char c)
{
	return g_ascii_islower(c) || g_ascii_isdigit(c) || c == '-' || c == '_';
}

static bool is_domain(struct span line)
{
	size_t label = 0;

	if (!line.len || line.len > DOMAIN_MAX)
		return false;
	for (size_t i = 0; i < line.len; i++) {
		if (line.ptr[i] == '.' && label)
			label = 0;
		else if (!is_label_byte(line.ptr[i]) || ++label > LABEL_MAX)
			return false;
	}
	return label > 0;
}

/* Without its comment and the white space around. */
static struct span content_of(const char *line, size_t len)
{
	const char *comment = memchr(line, '#', len);

	if (comment)
		len = (size_t)(comment - line);
	while (len && g_ascii_isspace(line[len - 1]))
		len--;
	while (len && g_ascii_isspace(*line)) {
		line++;
		len--;
	}
	return (struct span){line, len};
}

static void add(struct suffixes *suffixes, struct span domain)
{
	char *copy = g_strndup(domain.ptr, domain.len);

	if (g_hash_table_contains(suffixes->set, copy)) {
		g_free(copy);
		return;
	}
	g_ptr_array_add(suffixes->all, copy);
	g_hash_table_add(suffixes->set, copy);
}

struct suffixes *suffixes_read(
	const char *text, size_t len, const char *file, struct problems *problems)
{
	struct suffixes *suffixes = g_new0(struct suffixes, 1);
	const char *end = text + len;
	unsigned number = 1;

	suffixes->refs = 1;
	suffixes->all = g_ptr_array_new_with_free_func(g_free);
	suffixes->set = g_hash_table_new(g_str_hash, g_str_equal);
	for (const char *line = text; line < end; number++) {
		const char *newline = memchr(line, '\n', (size_t)(end - line));
		size_t length = (size_t)((newline ? newline : end) - line);
		struct span content = content_of(line, length);

		if (suffixes->all->len == SUFFIXES_MAX) {
			problems_add(problems, file, number,
				"more than %d domains: the rest is not read", SUFFIXES_MAX);
			break;
		}
		if (is_domain(content))
			add(suffixes, content);
		else if (content.len)
			problems_add(problems, file, number,
				"not a domain in lower-case ASCII: write it as tk or "
				"mail.example");
		line += length + 1;
	}
	return suffixes;
}

bool suffixes_cover(const struct suffixes *suffixes, struct span host)
{
	char name[DOMAIN_MAX + 1];

	if (host.len && host.ptr[host.len - 1] == '.')
		host.len--;
	if (!suffixes || !suffixes->all->len || !host.len || host.len > DOMAIN_MAX)
		return false;
	memcpy(name, host.ptr, host.len);
	name[host.len] = '\0';
	for (const char *at = name; at; at = strchr(at, '.') ? strchr(at, '.') + 1 : NULL)
		if (g_hash_table_contains(suffixes->set, at))
			return true;
	return false;
}

const GPtrArray *suffixes_all(const struct suffixes *suffixes)
{
	return suffixes->all;
}
