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

/* Runs a pipeline (of struct rule_step) on a URL; `groups`, of struct rule_pair, are what `group:`
 * finds (NULL: nothing). On true `out`, which need not be empty before, holds the result. */
bool pipeline_run(
	const GPtrArray *pipeline, const struct url *url, const GPtrArray *groups, GString *out);

/* The destination in what a pipeline of `decode` yields: trimmed, parsed, an absolute http or https
 * URL. NULL where it is none; the caller frees it with url_free(). */
struct url *pipeline_destination(const GString *yielded);

#endif
