/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Pipelines of rules: a source, then decoders, each fed what the one before it yields
 * (docs/rule-format.md).
 */
#ifndef ESPIAL_RULES_PIPELINE_H
#define ESPIAL_RULES_PIPELINE_H

#include "rules/decode/decode.h"
#include "rules/url.h"

#define PIPELINE_MAX_STEPS 16

/* Whether `name` is a source; `argument` gets whether it takes one. */
bool pipeline_source(const char *name, enum decode_argument *argument);

/* Several pipelines on one URL: each goes on from where the one before it has come the same way, so
 * that fields and destination of a rule do not decode the same text again and again. */
struct pipeline_work;

/* `url` and `groups`, of struct rule_pair, are what pipelines take their input from (NULL: there
 * are no groups) and outlive the work. The caller frees it with pipeline_work_free(). */
struct pipeline_work *pipeline_work_new(const struct url *url, const GPtrArray *groups);
void pipeline_work_free(struct pipeline_work *work);

/* Runs a pipeline (of struct rule_step), which must live as long as the work. On true `result` is
 * what it yields, until the next call. */
bool pipeline_work_run(struct pipeline_work *work, const GPtrArray *pipeline, struct span *result);

/* Runs a single pipeline (of struct rule_step) on a URL; `groups`, of struct rule_pair, are what
 * `group:` finds (NULL: nothing). On true `out`, which need not be empty before, holds the result.
 */
bool pipeline_run(
	const GPtrArray *pipeline, const struct url *url, const GPtrArray *groups, GString *out);

/* The destination in what a pipeline of `decode` yields: trimmed, parsed, an absolute http or https
 * URL. NULL where it is none; the caller frees it with url_free(). */
struct url *pipeline_destination(struct span yielded);

#endif
