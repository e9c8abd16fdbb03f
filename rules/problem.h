/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What is wrong with rule files: a list of `file:line: what`, so that one bad file does not hide
 * the others.
 */
#ifndef ESPIAL_RULES_PROBLEM_H
#define ESPIAL_RULES_PROBLEM_H

#include <glib.h>

struct problem {
	char *file;    /* relative to the ruleset; NULL when there is none */
	unsigned line; /* from 1; 0 when it concerns the whole file */
	char *what;
};

struct problems {
	GPtrArray *list; /* of struct problem, in the order found */
};

struct problems *problems_new(void);
void problems_free(struct problems *problems);

/* Adds one. `problems` may be NULL, which drops it. */
void problems_add(struct problems *problems, const char *file, unsigned line, const char *format,
	...) G_GNUC_PRINTF(4, 5);

size_t problems_count(const struct problems *problems);

/* `file:line: what`, or `file: what`; the caller frees it with g_free(). */
char *problem_text(const struct problem *problem);

#endif
