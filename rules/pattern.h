/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A PCRE2 pattern of a rule, matched within limits (docs/rule-format.md). Any number of threads can
 * match with it at once.
 */
#ifndef ESPIAL_RULES_PATTERN_H
#define ESPIAL_RULES_PATTERN_H

#include "rules/span.h"

struct pattern;

#define PATTERN_MAX_LENGTH 1024
/* Steps from one place in the subject, for subjects up to the usual length; fewer in proportion for
 * longer ones. */
#define PATTERN_MATCH_LIMIT 10000
#define PATTERN_USUAL_SUBJECT 1024
#define PATTERN_DEPTH_LIMIT 100
/* A match begins before this many bytes. */
#define PATTERN_OFFSET_LIMIT 4096

/* Returns NULL where it is not a pattern, with `message` (freed by the caller with g_free()) saying
 * why and where. */
struct pattern *pattern_new(const char *text, char **message);
void pattern_free(struct pattern *pattern);

/* Gets a named group that took part in a match; the value is a slice of the subject. */
typedef void (*pattern_group_fn)(void *user, const char *name, struct span value);

/* Whether the pattern is found in the subject; then `group`, unless NULL, is called for each named
 * group that is set, by name. A pattern that hits a limit does not match. */
bool pattern_match(
	const struct pattern *pattern, struct span subject, pattern_group_fn group, void *user);

/* Whether the subject is as long as the pattern asks for at least: costs next to nothing. */
bool pattern_fits(const struct pattern *pattern, struct span subject);

/* Whether the pattern has hit its match limit on a subject of usual length. The pattern is to blame
 * then, and matches nothing any more: one look at each bad subject is enough. */
bool pattern_quarantined(const struct pattern *pattern);

/* Whether it matches at the start of a subject only. */
bool pattern_anchored(const struct pattern *pattern);

/* Whether an anchored pattern could match a subject that begins with `start`. */
bool pattern_may_begin(const struct pattern *pattern, struct span start);

/* Calls `group` for each named group there is, with an empty value. */
void pattern_groups(const struct pattern *pattern, pattern_group_fn group, void *user);

#endif
