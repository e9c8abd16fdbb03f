/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The part of YAML that rule files use: one document of maps, lists and scalars, with the line each
 * stands on. Aliases, anchors, tags, repeated and long keys, deep nesting and large files are
 * refused.
 */
#ifndef ESPIAL_RULES_YAML_NODE_H
#define ESPIAL_RULES_YAML_NODE_H

#include "rules/problem.h"
#include "rules/span.h"

#define YAML_MAX_SIZE ((size_t)256 * 1024)
#define YAML_MAX_DEPTH 16
/* A key that is written escaped must still be one to YAML, which takes 1,024 characters. */
#define YAML_MAX_KEY 128
#define YAML_MAX_NODES 20000

enum yaml_kind {
	YAML_SCALAR,
	YAML_LIST,
	YAML_MAP,
};

struct yaml_node {
	enum yaml_kind kind;
	unsigned line;
	char *text;          /* of a scalar; UTF-8 without NUL */
	GPtrArray *children; /* of struct yaml_node: items; or key, value, key, value … (keys are
				scalars) */
};

/* Returns NULL where a problem was added; the caller frees the result with yaml_node_free(). */
struct yaml_node *yaml_read(
	const char *text, size_t len, const char *file, struct problems *problems);
void yaml_node_free(struct yaml_node *node);

/* The value of a key of a map, or NULL. */
const struct yaml_node *yaml_get(const struct yaml_node *map, const char *key);

const char *yaml_kind_name(enum yaml_kind kind);

/* ---- writing, in the canonical form of docs/rule-format.md ---- */

/* Appends a scalar: plain where every YAML reader takes it for that string, else quoted. */
void yaml_put_scalar(GString *out, const char *text);
/* `key: value` and a newline, after `indent` blanks; nothing where value is NULL. */
void yaml_put(GString *out, unsigned indent, const char *key, const char *value);
/* `key:` and a newline. */
void yaml_put_key(GString *out, unsigned indent, const char *key);
/* `key:` and a list of scalars (of char *); nothing where it is empty. */
void yaml_put_list(GString *out, unsigned indent, const char *key, const GPtrArray *values);

#endif
