/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One rule, as docs/rule-format.md describes it: a plain model that is read from YAML, edited, and
 * written back in canonical form. Strings are owned by the rule (g_strdup, g_free); absent ones are
 * NULL; lists are never NULL.
 */
#ifndef ESPIAL_RULES_RULE_H
#define ESPIAL_RULES_RULE_H

#include "rules/problem.h"
#include "rules/span.h"

/* Parameters, and fields with a pipeline, that a rule may have: each costs time with every URL. */
#define RULE_MAX_PAIRS 32

enum rule_status {
	RULE_DRAFT,
	RULE_STABLE,
	RULE_RETIRED,
};
#define RULE_STATUS_COUNT 3

/* A name and what belongs to it: a parameter and its pattern, a field and its value. */
struct rule_pair {
	char *name;
	char *value;
};

/* One item of a pipeline: `param: p`, `base64`. Whether `name` is a source or a decoder follows
 * from its place. */
struct rule_step {
	char *name;
	char *argument; /* NULL where there is none */
};

struct rule_field {
	char *name;
	GPtrArray *pipeline; /* of struct rule_step */
};

struct rule_test {
	char *url;
	char *next;        /* NULL: opaque */
	GPtrArray *fields; /* of struct rule_pair: each must be found with that value */
	unsigned line;     /* where it stands in the file, 0 when it was not read from one */
};

struct rule {
	char *id; /* <esp>/<name> */
	char *esp;
	enum rule_status status;
	char *summary;

	GPtrArray *hosts; /* of char *: suffixes */
	char *host;       /* patterns */
	char *path;
	GPtrArray *params; /* of struct rule_pair, sorted by name */
	char *query;       /* patterns, as fragment */
	char *fragment;

	GPtrArray *decode;     /* of struct rule_step; empty: opaque */
	GPtrArray *fields;     /* of struct rule_field, sorted by name */
	GPtrArray *references; /* of char * */
	GPtrArray *matches;    /* of struct rule_test */
	GPtrArray *no_matches; /* of struct rule_test: only url and line are used */
};

/* An empty draft; the caller frees it with rule_free(). */
struct rule *rule_new(void);
struct rule *rule_copy(const struct rule *rule);
void rule_free(struct rule *rule);

/* Empty lists that free their items: of struct rule_pair, of struct rule_step. The caller frees
 * them with g_ptr_array_unref(). */
GPtrArray *rule_pairs_new(void);
GPtrArray *rule_steps_new(void);

/* New items for the lists; the list they are added to frees them. */
struct rule_pair *rule_pair_new(const char *name, const char *value);
struct rule_step *rule_step_new(const char *name, const char *argument);
struct rule_field *rule_field_new(const char *name);
struct rule_test *rule_test_new(const char *url, const char *next);

/* Reads one rule. `file` is its path in the ruleset (trackers/<esp>/<name>.yaml), used in problems
 * and to check the id; NULL skips that check. Checks all that concerns the rule alone but its
 * tests: keys, types, names, patterns compile, pipelines are known. Returns NULL where any problem
 * was added. */
struct rule *rule_read(const char *yaml, size_t len, const char *file, struct problems *problems);

/* The canonical form of docs/rule-format.md; the caller frees it with g_free(). Reading it back
 * gives the same rule. */
char *rule_write(const struct rule *rule);

/* trackers/<esp>/<name>.yaml; the caller frees it with g_free(). */
char *rule_path(const char *id);

/* Whether `id` has the form <esp>/<name>. */
bool rule_id_valid(const char *id);

const char *rule_status_name(enum rule_status status);

/* A pipeline in one line, `param p | base64 | json url`, or `opaque`; an argument that holds `|` or
 * `;` is in single quotes. The caller frees it with g_free(). */
char *rule_pipeline_text(const GPtrArray *pipeline);

#endif
