/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One rule of a matcher: what its `match` asks for, compiled.
 */
#ifndef ESPIAL_RULES_COMPILED_H
#define ESPIAL_RULES_COMPILED_H

#include "rules/pattern.h"
#include "rules/rule.h"
#include "rules/url.h"

struct compiled_param {
	const char *name;
	struct pattern *pattern; /* NULL: any value */
};

struct compiled {
	const struct rule *rule;                        /* borrowed: the ruleset's */
	struct pattern *host, *path, *query, *fragment; /* NULL: not asked for */
	struct compiled_param *params;
	guint param_count;
};

/* Never NULL: patterns of a rule that was read are good ones, and one that is not asks for nothing.
 * The caller frees it with compiled_free(). */
struct compiled *compiled_new(const struct rule *rule);
void compiled_free(struct compiled *compiled);

/* Whether all holds that `match` asks for, but for the host suffix; `group` as in
 * pattern_match(). It may have been called where the answer is no. */
bool compiled_holds(
	const struct compiled *compiled, const struct url *url, pattern_group_fn group, void *user);

/* Calls `visit` for each pattern that has something to match in the URL. */
typedef void (*compiled_subject_fn)(void *user, const struct pattern *pattern, struct span subject);
void compiled_each_subject(const struct compiled *compiled, const struct url *url,
	compiled_subject_fn visit, void *user);

/* `host`, `path`, `query`, `fragment` or the name of the parameter whose pattern is quarantined, so
 * that the rule does not hold any more; NULL where none is. */
const char *compiled_quarantined(const struct compiled *compiled);

#endif
