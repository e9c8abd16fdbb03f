/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Which rules of many could explain a URL: an index over host suffixes, and for rules without hosts
 * over what their URLs look like. A URL costs as many look-ups as it has labels, segments and
 * parameters, however many rules there are for others.
 */
#ifndef ESPIAL_RULES_CANDIDATES_H
#define ESPIAL_RULES_CANDIDATES_H

#include "rules/compiled.h"

struct candidates;

struct candidates *candidates_new(void);
void candidates_free(struct candidates *candidates);
/* The rule is borrowed. */
void candidates_add(struct candidates *candidates, const struct compiled *compiled);

/* Gets some rules (of struct compiled) that could explain a URL; `host` is the length of the suffix
 * under which they were found, 0 without hosts. Returns whether to go on. */
typedef bool (*candidates_fn)(void *user, const GPtrArray *rules, size_t host);

/* The rules that have a suffix of the URL's host, the longest suffix first. */
void candidates_by_host(const struct candidates *candidates, const struct url *url,
	candidates_fn visit, void *user);
/* The rules without hosts that the shape of the URL leaves; one may come more than once. */
void candidates_by_shape(const struct candidates *candidates, const struct url *url,
	candidates_fn visit, void *user);

#endif
