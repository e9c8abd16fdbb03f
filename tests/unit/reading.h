/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the tests of rule files share: a sample, edited, and the problems that it then has.
 */
#ifndef ESPIAL_TESTS_READING_H
#define ESPIAL_TESTS_READING_H

#include "rules/problem.h"
#include "rules/span.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

/* The first `from` of the sample replaced by `to`, and what is then wrong, without the file's name:
 * `LINE: what`, one a line. */
struct edit {
	const char *from, *to;
	const char *wanted;
};

/* The text with the first `from` replaced; the caller frees it with g_free(). */
static inline char *replaced(const char *text, const char *from, const char *to)
{
	const char *at = strstr(text, from);

	if (!at)
		fail_msg("no '%s' in the sample", from);
	return g_strdup_printf("%.*s%s%s", (int)(at - text), text, to, at + strlen(from));
}

/* All problems, one a line; the caller frees it with g_free(). */
static inline char *problems_text(const struct problems *problems)
{
	GString *text = g_string_new(NULL);

	for (guint i = 0; i < problems->list->len; i++) {
		g_autofree char *line = problem_text(problems->list->pdata[i]);

		g_string_append_printf(text, "%s%s", i ? "\n" : "", line);
	}
	return g_string_free(text, FALSE);
}

/* That reading `yaml` of `file` with `read`, which returns whether there was a result, finds what
 * is wanted and gives a result only where that is nothing. */
static inline void assert_problems(
	bool (*read)(const char *yaml, size_t len, const char *file, struct problems *problems),
	const char *file, struct span yaml, const char *wanted)
{
	struct problems *problems = problems_new();
	bool result = read(yaml.ptr, yaml.len, file, problems);
	g_auto(GStrv) lines = g_strsplit(wanted, "\n", -1);
	g_autoptr(GString) whole = g_string_new(NULL);

	for (guint i = 0; lines[i]; i++)
		g_string_append_printf(whole, "%s%s:%s", i ? "\n" : "", file, lines[i]);
	g_autofree char *found = problems_text(problems);
	if (strcmp(found, whole->str) != 0)
		fail_msg("found:\n%s\nwanted:\n%s\nin:\n%.2000s", found, whole->str, yaml.ptr);
	assert_int_equal(result, !lines[0]);
	problems_free(problems);
}

#endif
