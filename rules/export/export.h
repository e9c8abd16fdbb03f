/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Rules and evidence as files for programs that filter mail or answer DNS. The same input always
 * yields the same bytes; every item says which rule it comes from; what a target has no words for
 * is told, never passed over (docs/exports.md).
 */
#ifndef ESPIAL_RULES_EXPORT_EXPORT_H
#define ESPIAL_RULES_EXPORT_EXPORT_H

#include "rules/export/evidence.h"
#include "rules/export/trace.h"

/* What filters that count points can be told to give for: a link of a provider by its kind, and
 * these. */
enum export_score {
	EXPORT_OFF_NETWORK = ESP_KIND_COUNT,
	EXPORT_LANDING,
	EXPORT_ACCOUNT,
	EXPORT_SCORES,
};

/* All borrowed. */
struct export_input {
	const struct ruleset *ruleset;
	const struct trace *trace;
	const struct evidence *evidence; /* settled; NULL: none was asked for */
	bool drafts;                     /* rules that are drafts, too */
	double scores[EXPORT_SCORES];
	const char *directory; /* where the program will find the files; NULL: its usual place */
	const char *zone;      /* the name of the response policy zone */
	const struct problems *left_out; /* what evidence_settle() left out; NULL */
};

struct export_file {
	char *name;
	GString *text;
};

struct export
{
	GPtrArray *files;          /* of struct export_file */
	struct problems *left_out; /* the file of a problem is what it concerns: a rule, a domain */
};

struct export_target {
	const char *name;
	const char *help;
	bool needs_evidence; /* there is nothing to export without */
	void (*write)(const struct export_input *input, struct export *export);
};

/* Ended by one without a name. */
extern const struct export_target export_targets[];
/* NULL where there is none of that name. */
const struct export_target *export_target_find(const char *name);

extern const double export_default_scores[EXPORT_SCORES];
/* `esp`, …, `off-network`, `landing`, `account`. */
const char *export_score_name(unsigned score);

/* Never NULL; the caller frees it with export_free(). */
struct export *export_new(const struct export_target *target, const struct export_input *input);
void export_free(struct export *export);

#endif
