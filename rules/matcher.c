/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rules/matcher_internal.h"

#include "rules/pipeline.h"

struct matcher {
	gint refs; /* atomic */
	struct ruleset *ruleset;
	GPtrArray *compiled; /* of struct compiled, all in use, by id */
	struct candidates *candidates;
};

static struct matcher *matcher_empty(struct ruleset *ruleset)
{
	struct matcher *matcher = g_new0(struct matcher, 1);

	matcher->refs = 1;
	matcher->ruleset = ruleset_ref(ruleset);
	matcher->compiled = g_ptr_array_new_with_free_func((GDestroyNotify)compiled_free);
	matcher->candidates = candidates_new();
	return matcher;
}

static void add_rule(struct matcher *matcher, const struct rule *rule)
{
	struct compiled *compiled = compiled_new(rule);

	g_ptr_array_add(matcher->compiled, compiled);
	candidates_add(matcher->candidates, compiled);
}

struct matcher *matcher_new(struct ruleset *ruleset)
{
	const GPtrArray *rules = ruleset_rules(ruleset);
	struct matcher *matcher = matcher_empty(ruleset);

	for (guint i = 0; i < rules->len; i++) {
		const struct rule *rule = rules->pdata[i];

		if (rule->status != RULE_RETIRED)
			add_rule(matcher, rule);
	}
	return matcher;
}

struct matcher *matcher_of_one(const struct matcher *all, const struct rule *rule)
{
	struct matcher *matcher = matcher_empty(all->ruleset);

	add_rule(matcher, rule);
	return matcher;
}

struct matcher *matcher_ref(struct matcher *matcher)
{
	g_atomic_int_inc(&matcher->refs);
	return matcher;
}

void matcher_unref(struct matcher *matcher)
{
	if (!matcher || !g_atomic_int_dec_and_test(&matcher->refs))
		return;
	candidates_free(matcher->candidates);
	g_ptr_array_unref(matcher->compiled);
	ruleset_unref(matcher->ruleset);
	g_free(matcher);
}

const struct ruleset *matcher_ruleset(const struct matcher *matcher)
{
	return matcher->ruleset;
}

const GPtrArray *matcher_compiled(const struct matcher *matcher)
{
	return matcher->compiled;
}

const struct compiled *matcher_compiled_find(const struct matcher *matcher, const struct rule *rule)
{
	guint low = 0, high = matcher->compiled->len;

	while (low < high) {
		guint middle = low + (high - low) / 2;
		const struct compiled *compiled = matcher->compiled->pdata[middle];
		int order = strcmp(rule->id, compiled->rule->id);

		if (order == 0)
			return compiled;
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return NULL;
}

/* ---- matching ---- */

/* Order of docs/rule-format.md, the id left out: more than 0 where `a` is the better one. */
static int compare(const struct compiled *a, size_t a_host, const struct compiled *b, size_t b_host)
{
	if (a_host != b_host)
		return a_host > b_host ? 1 : -1;
	if (a->param_count != b->param_count)
		return a->param_count > b->param_count ? 1 : -1;
	return (a->path != NULL) - (b->path != NULL);
}

static void consider(struct search *search, const struct compiled *compiled, size_t host)
{
	int order = search->best ? compare(compiled, host, search->best, search->best_host) : 1;

	if (order < 0 || compiled == search->best ||
		!compiled_holds(compiled, search->url, NULL, NULL))
		return;
	if (order == 0) {
		bool smaller = strcmp(compiled->rule->id, search->best->rule->id) < 0;

		search->rival = smaller ? search->best : compiled;
		search->best = smaller ? compiled : search->best;
		return;
	}
	search->best = compiled;
	search->best_host = host;
	search->rival = NULL;
}

/* Goes on until a rule holds: those that come later have a shorter suffix. */
static bool consider_suffix(void *user, const GPtrArray *rules, size_t host)
{
	struct search *search = user;

	for (guint i = 0; i < rules->len; i++)
		consider(search, rules->pdata[i], host);
	return !search->best;
}

static bool consider_shape(void *user, const GPtrArray *rules, size_t host)
{
	consider_suffix(user, rules, host);
	return true;
}

struct search matcher_search(const struct matcher *matcher, const struct url *url)
{
	struct search search = {.url = url};

	if (!url_is_web(url))
		return search;
	candidates_by_host(matcher->candidates, url, consider_suffix, &search);
	if (!search.best)
		candidates_by_shape(matcher->candidates, url, consider_shape, &search);
	return search;
}

const struct rule *matcher_find(const struct matcher *matcher, const struct url *url)
{
	const struct compiled *best = matcher_search(matcher, url).best;

	return best ? best->rule : NULL;
}

/* ---- decoding ---- */

/* Without copying what is taken over. */
static void add_pair(GPtrArray *pairs, const char *name, char *value)
{
	struct rule_pair *pair = g_new(struct rule_pair, 1);

	pair->name = g_strdup(name);
	pair->value = value;
	g_ptr_array_add(pairs, pair);
}

static struct rule_pair *find_pair(const GPtrArray *pairs, const char *name)
{
	for (guint i = 0; i < pairs->len; i++) {
		struct rule_pair *pair = pairs->pdata[i];

		if (strcmp(pair->name, name) == 0)
			return pair;
	}
	return NULL;
}

static void add_group(void *user, const char *name, struct span value)
{
	GPtrArray *groups = user;

	if (!find_pair(groups, name))
		add_pair(groups, name, span_dup(value));
}

static void set_field(GPtrArray *fields, const char *name, struct span value)
{
	size_t len = strnlen(value.ptr, MIN(value.len, MATCH_MAX_FIELD_BYTES));
	struct rule_pair *pair = len ? find_pair(fields, name) : NULL;

	if (!len || (!pair && fields->len >= MATCH_MAX_FIELDS))
		return;
	char *cut = g_strndup(value.ptr, len);
	if (!pair) {
		add_pair(fields, name, cut);
		return;
	}
	g_free(pair->value);
	pair->value = cut;
}

static gint by_name(gconstpointer a, gconstpointer b)
{
	return strcmp((*(const struct rule_pair *const *)a)->name,
		(*(const struct rule_pair *const *)b)->name);
}

static void collect_fields(struct match *match, const GPtrArray *groups, struct pipeline_work *work)
{
	const struct rule *rule = match->rule;
	struct span value;

	for (guint i = 0; i < groups->len; i++) {
		const struct rule_pair *group = groups->pdata[i];

		if (*group->name != '_' && strcmp(group->name, "destination") != 0)
			set_field(match->fields, group->name, span_from(group->value));
	}
	for (guint i = 0; i < rule->fields->len; i++) {
		const struct rule_field *field = rule->fields->pdata[i];

		if (pipeline_work_run(work, field->pipeline, &value))
			set_field(match->fields, field->name, value);
	}
	g_ptr_array_sort(match->fields, by_name);
}

static void decode_next(struct match *match, struct pipeline_work *work)
{
	struct span yielded;

	if (pipeline_work_run(work, match->rule->decode, &yielded))
		match->next_url = pipeline_destination(yielded);
	match->next = match->next_url ? url_href(match->next_url) : NULL;
}

struct match *match_new(const struct compiled *compiled, const struct url *url)
{
	g_autoptr(GPtrArray) groups = rule_pairs_new();
	struct pipeline_work *work = pipeline_work_new(url, groups);
	struct match *match = g_new0(struct match, 1);

	match->rule = compiled->rule;
	match->fields = rule_pairs_new();
	compiled_holds(compiled, url, add_group, groups);
	collect_fields(match, groups, work);
	decode_next(match, work);
	pipeline_work_free(work);
	return match;
}

struct match *matcher_match(const struct matcher *matcher, const struct url *url)
{
	const struct compiled *best = matcher_search(matcher, url).best;

	return best ? match_new(best, url) : NULL;
}

void match_free(struct match *match)
{
	if (!match)
		return;
	url_free(match->next_url);
	g_ptr_array_unref(match->fields);
	g_free(match);
}

const char *match_field(const struct match *match, const char *name)
{
	const struct rule_pair *pair = find_pair(match->fields, name);

	return pair ? pair->value : NULL;
}

bool pipeline_try(const GPtrArray *pipeline, const struct url *url, GString *out)
{
	return pipeline_run(pipeline, url, NULL, out);
}
