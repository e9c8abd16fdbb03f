/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the files of the matcher share.
 */
#ifndef ESPIAL_RULES_MATCHER_INTERNAL_H
#define ESPIAL_RULES_MATCHER_INTERNAL_H

#include "rules/candidates.h"
#include "rules/matcher.h"

/* What a search has found: the best rule, and whether another is its equal up to the id. */
struct search {
	const struct url *url;
	const struct compiled *best;
	size_t best_host;             /* length of the suffix; 0 without hosts */
	const struct compiled *rival; /* as good as the best but for the id */
};

struct search matcher_search(const struct matcher *matcher, const struct url *url);

/* What a rule that holds makes of a URL; the caller frees it with match_free(). */
struct match *match_new(const struct compiled *compiled, const struct url *url);

/* A matcher of one rule of the ruleset, retired or not; the caller frees it with matcher_unref().
 */
struct matcher *matcher_of_one(const struct matcher *all, const struct rule *rule);

/* The rules in use, of struct compiled, by id; live as long as the matcher. */
const GPtrArray *matcher_compiled(const struct matcher *matcher);
/* That of a rule; NULL where it is retired. */
const struct compiled *matcher_compiled_find(
	const struct matcher *matcher, const struct rule *rule);

#endif
