/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The parameters of a URL's query, `a=1&b=2` (application/x-www-form-urlencoded, WHATWG URL §5),
 * read in place. Mail generators leave `&amp;` behind: a name that starts with `amp;` is read
 * without it.
 */
#ifndef ESPIAL_RULES_QUERY_H
#define ESPIAL_RULES_QUERY_H

#include "rules/span.h"

/* Parameters after this many are not looked at: about as many as web servers read. With fewer, a
 * padded URL would be none of a tracker; with more, a hostile one would take long. */
#define QUERY_MAX_PARAMS 1024

struct query_iter {
	struct span rest;
	unsigned seen;
};

/* `query` is without `?`; SPAN_NONE is an empty query. */
void query_iter_init(struct query_iter *iter, struct span query);

/* The next pair, both still encoded and pointing into the query; `value` is empty where there is no
 * `=`. Returns false at the end. */
bool query_iter_next(struct query_iter *iter, struct span *name, struct span *value);

/* The raw value of the first parameter `name` (compared as it stands, case-sensitive). Returns
 * false where there is none; `value` may be NULL. */
bool query_find(struct span query, const char *name, struct span *value);

#endif
