/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Reading a map of known keys: what rule files and provider files have in common. Every function
 * adds a problem where the value is not what it should be.
 */
#ifndef ESPIAL_RULES_YAML_CHECK_H
#define ESPIAL_RULES_YAML_CHECK_H

#include "rules/yaml_node.h"

struct check {
	const char *file;
	struct problems *problems;
};

/* Whether the node is of that kind; `what` names it in the problem. */
bool check_kind(const struct check *check, const struct yaml_node *node, enum yaml_kind kind,
	const char *what);
/* Reports the keys of the map that are not among `known`, which ends in NULL. */
void check_keys(const struct check *check, const struct yaml_node *map, const char *const *known);
/* The text at a key, NULL where there is none; a copy that the caller frees with g_free().
 * `required`: its absence is a problem. */
char *check_text(
	const struct check *check, const struct yaml_node *map, const char *key, bool required);
/* Appends copies of the texts of the list at a key. */
void check_list(
	const struct check *check, const struct yaml_node *map, const char *key, GPtrArray *to);
/* As check_list(), of texts that are each a host or a suffix of hosts. */
void check_hosts(
	const struct check *check, const struct yaml_node *map, const char *key, GPtrArray *to);
/* The index in `names`, which ends in NULL, of the text at a required key; 0 with a problem. */
unsigned check_choice(const struct check *check, const struct yaml_node *map, const char *key,
	const char *const *names);
/* A pattern that compiles. */
bool check_pattern(const struct check *check, const struct yaml_node *node, const char *what);

#endif
