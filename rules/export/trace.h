/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Where an exported item comes from: the commit that changed its rule last, so that the file of
 * another program leads back to who wrote the rule, and why.
 */
#ifndef ESPIAL_RULES_EXPORT_TRACE_H
#define ESPIAL_RULES_EXPORT_TRACE_H

#include "rules/ruleset.h"

struct trace;

/* Reads the history of the ruleset in `dir`; where that is no git repository, or cannot be read,
 * nothing is known, and `why`, unless NULL, gets a text that says so (freed with g_free()). Never
 * NULL; the caller frees it with trace_free(). */
struct trace *trace_new(const char *dir, const struct ruleset *ruleset, char **why);
void trace_free(struct trace *trace);

/* HEAD, a full id; NULL where it is not known. */
const char *trace_head(const struct trace *trace);
/* Seconds since the epoch; 0 where it is not known. */
gint64 trace_head_time(const struct trace *trace);

/* The full id of the commit; NULL where it is not known, or the rule was never committed. */
const char *trace_commit(const struct trace *trace, const char *rule_id);
/* Whether the rule is another than was committed. */
bool trace_modified(const struct trace *trace, const char *rule_id);

/* `mandrill/click 1a2b3c4d5e6f`, `… 1a2b3c4d5e6f, modified`, `… not committed`, `mandrill/click`;
 * the caller frees it with g_free(). */
char *trace_text(const struct trace *trace, const char *rule_id);

#endif
