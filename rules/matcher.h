/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Which rule explains a URL. A matcher is a ruleset compiled for speed: a host index first, then
 * the shape of the URL, and a PCRE2 pattern (JIT, with match limits) only where both leave a rule
 * standing. It is immutable but for rules that get quarantined, and reference counted; any number
 * of threads can match with it at once.
 */
#ifndef ESPIAL_RULES_MATCHER_H
#define ESPIAL_RULES_MATCHER_H

#include "rules/ruleset.h"
#include "rules/url.h"

struct matcher;

/* Fields beyond this many, and bytes of one beyond this, are cut. */
#define MATCH_MAX_FIELDS 16
#define MATCH_MAX_FIELD_BYTES 512

struct match {
	const struct rule *rule; /* lives as long as the matcher */
	const char *next;        /* the decoded destination, normalised; NULL: opaque */
	struct url *next_url;    /* the same, parsed from what was decoded */
	GPtrArray *fields; /* of struct rule_pair, sorted by name; may hold any bytes but NUL */
};

/* Never NULL; holds a reference to the ruleset. */
struct matcher *matcher_new(struct ruleset *ruleset);
struct matcher *matcher_ref(struct matcher *matcher);
void matcher_unref(struct matcher *matcher);
const struct ruleset *matcher_ruleset(const struct matcher *matcher);

/* The rule that explains the URL, or NULL, without decoding it. */
const struct rule *matcher_find(const struct matcher *matcher, const struct url *url);

/* The rule that explains the URL, decoded, or NULL; the caller frees it with match_free(). */
struct match *matcher_match(const struct matcher *matcher, const struct url *url);
void match_free(struct match *match);
/* The value of a field, or NULL. */
const char *match_field(const struct match *match, const char *name);

/* Runs the tests of one rule (NULL: of all of them) against the whole ruleset, and adds what fails,
 * also where another rule claims the URL of a test, and where a pattern hits its match limit: on a
 * URL seen so far, or on one made from its test to provoke that. Returns whether all is well. */
bool matcher_check(const struct matcher *matcher, const char *rule_id, struct problems *problems);

/* Adds each rule that explains nothing any more because a pattern of it hit its match limit on a
 * URL of usual length; returns how many they are. */
size_t matcher_quarantined(const struct matcher *matcher, struct problems *problems);

/* Runs a pipeline (of struct rule_step) on a URL outside any rule: `group:` sources fail. Returns
 * false where it fails; it serves to try decoders while drafting. */
bool pipeline_try(const GPtrArray *pipeline, const struct url *url, GString *out);

#endif
