/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A set of domains that a host name can be under, read from a list in the ruleset: `tk`,
 * `mlsender.net` (docs/rule-format.md).
 */
#ifndef ESPIAL_RULES_SUFFIXES_H
#define ESPIAL_RULES_SUFFIXES_H

#include "rules/problem.h"
#include "rules/span.h"

struct suffixes;

/* Longer lists are cut, with a problem. */
#define SUFFIXES_MAX 20000

/* One domain a line; `#` begins a comment. Lines that are no lower-case ASCII domain are added to
 * `problems` under `file` and left out. Never NULL; starts with one reference. */
struct suffixes *suffixes_read(
	const char *text, size_t len, const char *file, struct problems *problems);

struct suffixes *suffixes_ref(struct suffixes *suffixes);
void suffixes_unref(struct suffixes *suffixes);

/* Whether the host (lower case, ASCII) is one of them or under one. `suffixes` may be NULL: an
 * empty set. */
bool suffixes_cover(const struct suffixes *suffixes, struct span host);

/* Those in the list, of char *, in its order; live as long as the set. */
const GPtrArray *suffixes_all(const struct suffixes *suffixes);

#endif
