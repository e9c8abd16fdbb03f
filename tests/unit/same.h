/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Whether two rules, or two providers, say the same in every part.
 */
#ifndef ESPIAL_TESTS_SAME_H
#define ESPIAL_TESTS_SAME_H

#include "rules/esp.h"
#include "rules/rule.h"

typedef bool (*same_fn)(const void *a, const void *b);

static inline bool same_list(const GPtrArray *a, const GPtrArray *b, same_fn same)
{
	for (guint i = 0; a->len == b->len && i < a->len; i++)
		if (!same(a->pdata[i], b->pdata[i]))
			return false;
	return a->len == b->len;
}

static inline bool same_text(const void *a, const void *b)
{
	return g_strcmp0(a, b) == 0;
}

static inline bool same_pair(const void *a, const void *b)
{
	const struct rule_pair *left = a, *right = b;

	return same_text(left->name, right->name) && same_text(left->value, right->value);
}

static inline bool same_step(const void *a, const void *b)
{
	const struct rule_step *left = a, *right = b;

	return same_text(left->name, right->name) && same_text(left->argument, right->argument);
}

static inline bool same_field(const void *a, const void *b)
{
	const struct rule_field *left = a, *right = b;

	return same_text(left->name, right->name) &&
	       same_list(left->pipeline, right->pipeline, same_step);
}

static inline bool same_test(const void *a, const void *b)
{
	const struct rule_test *left = a, *right = b;

	return same_text(left->url, right->url) && same_text(left->next, right->next) &&
	       same_list(left->fields, right->fields, same_pair);
}

static inline bool same_rule(const struct rule *a, const struct rule *b)
{
	return same_text(a->id, b->id) && same_text(a->esp, b->esp) && a->status == b->status &&
	       same_text(a->summary, b->summary) && same_list(a->hosts, b->hosts, same_text) &&
	       same_text(a->host, b->host) && same_text(a->path, b->path) &&
	       same_list(a->params, b->params, same_pair) && same_text(a->query, b->query) &&
	       same_text(a->fragment, b->fragment) && same_list(a->decode, b->decode, same_step) &&
	       same_list(a->fields, b->fields, same_field) &&
	       same_list(a->references, b->references, same_text) &&
	       same_list(a->matches, b->matches, same_test) &&
	       same_list(a->no_matches, b->no_matches, same_test);
}

static inline bool same_header(const void *a, const void *b)
{
	const struct esp_header *left = a, *right = b;

	return same_text(left->name, right->name) && same_text(left->pattern, right->pattern);
}

static inline bool same_esp(const struct esp *a, const struct esp *b)
{
	return same_text(a->id, b->id) && same_text(a->name, b->name) && a->kind == b->kind &&
	       same_list(a->abuse, b->abuse, same_text) && same_list(a->rdns, b->rdns, same_text) &&
	       same_list(a->dkim, b->dkim, same_text) &&
	       same_list(a->return_path, b->return_path, same_text) &&
	       same_list(a->networks, b->networks, same_text) &&
	       same_list(a->headers, b->headers, same_header) &&
	       same_list(a->references, b->references, same_text);
}

#endif
