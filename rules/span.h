/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A borrowed run of bytes: not owned, not NUL-terminated, may hold NUL. It lives as long as what it
 * was taken from, which the function that returns one names.
 */
#ifndef ESPIAL_RULES_SPAN_H
#define ESPIAL_RULES_SPAN_H

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include <strings.h>

struct span {
	const char *ptr; /* NULL where there is none; an empty run is not NULL */
	size_t len;
};

#define SPAN_NONE ((struct span){NULL, 0})

static inline struct span span_from(const char *text)
{
	return (struct span){text, text ? strlen(text) : 0};
}

static inline struct span span_from_string(const GString *string)
{
	return (struct span){string->str, string->len};
}

static inline bool span_equal(struct span span, const char *text)
{
	return span.ptr && strlen(text) == span.len && memcmp(span.ptr, text, span.len) == 0;
}

/* A NUL-terminated copy, NULL for SPAN_NONE; the caller frees it with g_free(). */
static inline char *span_dup(struct span span)
{
	return span.ptr ? g_strndup(span.ptr, span.len) : NULL;
}

#endif
