/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A PCRE2 pattern of a rule, compiled with JIT and matched within limits (docs/rule-format.md).
 * Immutable: any number of threads can match with it at once.
 */
#ifndef ESPIAL_RULES_PATTERN_H
#define ESPIAL_RULES_PATTERN_H

#include "rules/span.h"

struct pattern;

#define PATTERN_MAX_LENGTH 1024
#define PATTERN_MATCH_LIMIT 10000
#define PATTERN_DEPTH_LIMIT 100

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

/* Calls `group` for each named group there is, with an empty value. */
void pattern_groups(const struct pattern *pattern, pattern_group_fn group, void *user);

#endif
