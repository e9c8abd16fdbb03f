/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Candidates come from two indices: host suffixes, walked from the longest, and for rules without
 * hosts the shape of the URL (a parameter that must be there, or the first segment of the path). So
 * a URL costs as many look-ups as it has labels and parameters, however many rules there are for
 * other hosts.
 */
#include "rules/matcher.h"

#include "rules/domain.h"
#include "rules/pattern.h"
#include "rules/pipeline.h"
#include "rules/query.h"

/* Longer names and segments are not indexed. */
#define MAX_KEY 64
#define SEGMENT_CHARS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-"

struct compiled_param {
	const char *name;
	struct pattern *pattern; /* NULL: any value */
};

struct compiled {
	const struct rule *rule;
	struct pattern *host, *path, *fragment; /* NULL: not asked for */
	struct compiled_param *params;
	guint param_count;
};

struct matcher {
	gint refs; /* atomic */
	struct ruleset *ruleset;
	GPtrArray *compiled;  /* of struct compiled, all in use, by id */
	GHashTable *by_host;  /* suffix → GPtrArray of struct compiled, borrowed, as the others */
	GHashTable *by_param; /* rules without hosts: the first required parameter */
	GHashTable *by_segment; /* and without parameters: the first path segment */
	GPtrArray *others;
};

/* ---- compiling ---- */

static struct pattern *compile(const char *text)
{
	g_autofree char *message = NULL;

	return text && *text ? pattern_new(text, &message) : NULL;
}

static void compiled_free(gpointer data)
{
	struct compiled *compiled = data;

	pattern_free(compiled->host);
	pattern_free(compiled->path);
	pattern_free(compiled->fragment);
	for (guint i = 0; i < compiled->param_count; i++)
		pattern_free(compiled->params[i].pattern);
	g_free(compiled->params);
	g_free(compiled);
}

static struct compiled *compile_rule(const struct rule *rule)
{
	struct compiled *compiled = g_new0(struct compiled, 1);

	compiled->rule = rule;
	compiled->host = compile(rule->host);
	compiled->path = compile(rule->path);
	compiled->fragment = compile(rule->fragment);
	compiled->param_count = rule->params->len;
	compiled->params = g_new0(struct compiled_param, rule->params->len);
	for (guint i = 0; i < rule->params->len; i++) {
		const struct rule_pair *pair = rule->params->pdata[i];

		compiled->params[i] = (struct compiled_param){pair->name, compile(pair->value)};
	}
	return compiled;
}

static void index_under(GHashTable *index, const char *key, struct compiled *compiled)
{
	GPtrArray *list = g_hash_table_lookup(index, key);

	if (!list) {
		list = g_ptr_array_new();
		g_hash_table_insert(index, g_strdup(key), list);
	}
	g_ptr_array_add(list, compiled);
}

/* The end of the character class that begins at `at`. */
static const char *class_end(const char *at)
{
	at += at[1] == '^' ? 2 : 1;
	at += *at == ']';
	for (; *at && *at != ']'; at++)
		if (*at == '\\' && at[1])
			at++;
	return *at ? at : at - 1;
}

/* Whether a `|` stands outside of any group, or one cannot tell. */
static bool alternates(const char *pattern)
{
	int depth = 0;

	if (strstr(pattern, "\\Q"))
		return true;
	for (const char *p = pattern; *p; p++) {
		if (*p == '\\' && p[1])
			p++;
		else if (*p == '[')
			p = class_end(p);
		else if (*p == '(' || *p == ')')
			depth += *p == '(' ? 1 : -1;
		else if (*p == '|' && !depth)
			return true;
	}
	return false;
}

/* The first path segments that a pattern asks for, where they are plain text: `^/click/`,
 * `^/(?:ls|wf)/`. NULL where it is not that simple; the caller frees them with g_strfreev(). */
static char **first_segments(const char *path)
{
	const char *at, *end;
	size_t len;

	if (!path || !g_str_has_prefix(path, "^/") || alternates(path))
		return NULL;
	at = path + 2;
	bool group = g_str_has_prefix(at, "(?:");
	at += group ? 3 : 0;
	len = strspn(at, group ? SEGMENT_CHARS "|" : SEGMENT_CHARS);
	if (group && at[len] != ')')
		return NULL;
	end = at + len + group;
	if (!len || len >= MAX_KEY || *end != '/' || (end[1] && strchr("?*{", end[1])))
		return NULL;
	g_autofree char *segments = g_strndup(at, len);
	if (*segments == '|' || segments[len - 1] == '|' || strstr(segments, "||"))
		return NULL;
	return g_strsplit(segments, "|", -1);
}

static void index_by_shape(struct matcher *matcher, struct compiled *compiled)
{
	g_auto(GStrv) segments = first_segments(compiled->rule->path);

	if (compiled->param_count && strlen(compiled->params[0].name) < MAX_KEY) {
		index_under(matcher->by_param, compiled->params[0].name, compiled);
		return;
	}
	for (guint i = 0; segments && segments[i]; i++)
		index_under(matcher->by_segment, segments[i], compiled);
	if (!segments)
		g_ptr_array_add(matcher->others, compiled);
}

static void add_to_index(struct matcher *matcher, struct compiled *compiled)
{
	const struct rule *rule = compiled->rule;

	for (guint i = 0; i < rule->hosts->len; i++)
		index_under(matcher->by_host, rule->hosts->pdata[i], compiled);
	if (!rule->hosts->len)
		index_by_shape(matcher, compiled);
}

static GHashTable *index_new(void)
{
	return g_hash_table_new_full(
		g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_ptr_array_unref);
}

static struct matcher *matcher_empty(struct ruleset *ruleset)
{
	struct matcher *matcher = g_new0(struct matcher, 1);

	matcher->refs = 1;
	matcher->ruleset = ruleset_ref(ruleset);
	matcher->compiled = g_ptr_array_new_with_free_func(compiled_free);
	matcher->by_host = index_new();
	matcher->by_param = index_new();
	matcher->by_segment = index_new();
	matcher->others = g_ptr_array_new();
	return matcher;
}

static void add_rule(struct matcher *matcher, const struct rule *rule)
{
	struct compiled *compiled = compile_rule(rule);

	g_ptr_array_add(matcher->compiled, compiled);
	add_to_index(matcher, compiled);
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

struct matcher *matcher_ref(struct matcher *matcher)
{
	g_atomic_int_inc(&matcher->refs);
	return matcher;
}

void matcher_unref(struct matcher *matcher)
{
	if (!matcher || !g_atomic_int_dec_and_test(&matcher->refs))
		return;
	g_ptr_array_unref(matcher->compiled);
	g_hash_table_unref(matcher->by_host);
	g_hash_table_unref(matcher->by_param);
	g_hash_table_unref(matcher->by_segment);
	g_ptr_array_unref(matcher->others);
	ruleset_unref(matcher->ruleset);
	g_free(matcher);
}

const struct ruleset *matcher_ruleset(const struct matcher *matcher)
{
	return matcher->ruleset;
}

/* ---- matching ---- */

/* What a search has found so far: the best rule, and whether another is its equal up to the id. */
struct search {
	const struct url *url;
	const struct compiled *best;
	size_t best_host;             /* length of the suffix; 0 without hosts */
	const struct compiled *rival; /* as good as the best but for the id */
};

static bool params_hold(
	const struct compiled *compiled, const struct url *url, pattern_group_fn group, void *user)
{
	for (guint i = 0; i < compiled->param_count; i++) {
		struct span value;

		if (!query_find(url_query(url), compiled->params[i].name, &value))
			return false;
		if (compiled->params[i].pattern &&
			!pattern_match(compiled->params[i].pattern, value, group, user))
			return false;
	}
	return true;
}

/* All that `match` asks for but the host suffix. */
static bool holds(
	const struct compiled *compiled, const struct url *url, pattern_group_fn group, void *user)
{
	if (compiled->host && !pattern_match(compiled->host, url_host(url), group, user))
		return false;
	if (compiled->path && !pattern_match(compiled->path, url_path(url), group, user))
		return false;
	if (compiled->fragment &&
		!pattern_match(compiled->fragment, url_fragment(url), group, user))
		return false;
	return params_hold(compiled, url, group, user);
}

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

	if (order < 0 || compiled == search->best || !holds(compiled, search->url, NULL, NULL))
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

static void consider_all(struct search *search, const GPtrArray *list, size_t host)
{
	for (guint i = 0; list && i < list->len; i++)
		consider(search, list->pdata[i], host);
}

static void search_hosts(const struct matcher *matcher, struct search *search)
{
	struct span host = url_host(search->url);
	char text[256];

	if (!host.ptr || !host.len)
		return;
	if (host.ptr[host.len - 1] == '.')
		host.len--;
	if (host.len >= sizeof(text))
		return;
	memcpy(text, host.ptr, host.len);
	text[host.len] = '\0';
	for (const char *suffix = text; suffix && *suffix && !search->best;
		suffix = strchr(suffix, '.')) {
		if (*suffix == '.')
			suffix++;
		consider_all(search, g_hash_table_lookup(matcher->by_host, suffix), strlen(suffix));
	}
}

/* What the index has under a slice of the URL. */
static const GPtrArray *find_under(GHashTable *index, struct span key)
{
	char text[MAX_KEY];

	if (!key.len || key.len >= sizeof(text))
		return NULL;
	memcpy(text, key.ptr, key.len);
	text[key.len] = '\0';
	return g_hash_table_lookup(index, text);
}

static void search_params(const struct matcher *matcher, struct search *search)
{
	struct span query = url_query(search->url), name, value;
	struct query_iter iter;

	query_iter_init(&iter, query);
	while (query_iter_next(&iter, &name, &value)) {
		const GPtrArray *list = find_under(matcher->by_param, name);
		g_autofree char *key = list ? span_dup(name) : NULL;
		struct span first;

		/* A name that comes again brings nothing new, only work. */
		if (list && query_find(query, key, &first) && first.ptr == value.ptr)
			consider_all(search, list, 0);
	}
}

static void search_shapes(const struct matcher *matcher, struct search *search)
{
	struct span path = url_path(search->url);
	const char *slash = path.len > 1 ? memchr(path.ptr + 1, '/', path.len - 1) : NULL;

	search_params(matcher, search);
	if (slash)
		consider_all(search,
			find_under(matcher->by_segment,
				(struct span){path.ptr + 1, (size_t)(slash - path.ptr - 1)}),
			0);
	consider_all(search, matcher->others, 0);
}

static struct search search_rules(const struct matcher *matcher, const struct url *url)
{
	struct search search = {.url = url};

	if (!url_is_web(url))
		return search;
	search_hosts(matcher, &search);
	if (!search.best)
		search_shapes(matcher, &search);
	return search;
}

const struct rule *matcher_find(const struct matcher *matcher, const struct url *url)
{
	const struct compiled *best = search_rules(matcher, url).best;

	return best ? best->rule : NULL;
}

/* ---- decoding ---- */

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
	g_autofree char *text = span_dup(value);

	if (!find_pair(groups, name))
		g_ptr_array_add(groups, rule_pair_new(name, text));
}

static void set_field(GPtrArray *fields, const char *name, const char *value)
{
	struct rule_pair *pair = find_pair(fields, name);
	g_autofree char *cut = g_strndup(value, MATCH_MAX_FIELD_BYTES);

	if (!*cut)
		return;
	if (pair) {
		g_free(pair->value);
		pair->value = g_steal_pointer(&cut);
	} else if (fields->len < MATCH_MAX_FIELDS) {
		g_ptr_array_add(fields, rule_pair_new(name, cut));
	}
}

static gint by_name(gconstpointer a, gconstpointer b)
{
	return strcmp((*(const struct rule_pair *const *)a)->name,
		(*(const struct rule_pair *const *)b)->name);
}

static void collect_fields(struct match *match, const struct url *url, const GPtrArray *groups)
{
	const struct rule *rule = match->rule;
	g_autoptr(GString) value = g_string_new(NULL);

	for (guint i = 0; i < groups->len; i++) {
		const struct rule_pair *group = groups->pdata[i];

		if (*group->name != '_' && strcmp(group->name, "destination") != 0)
			set_field(match->fields, group->name, group->value);
	}
	for (guint i = 0; i < rule->fields->len; i++) {
		const struct rule_field *field = rule->fields->pdata[i];

		if (pipeline_run(field->pipeline, url, groups, value))
			set_field(match->fields, field->name, value->str);
	}
	g_ptr_array_sort(match->fields, by_name);
}

static char *decode_next(const struct rule *rule, const struct url *url, const GPtrArray *groups)
{
	g_autoptr(GString) yielded = g_string_new(NULL);
	struct url *next = NULL;
	char *href = NULL;

	if (rule->decode->len && pipeline_run(rule->decode, url, groups, yielded))
		next = pipeline_destination(yielded);
	if (next)
		href = g_strdup(url_href(next));
	url_free(next);
	return href;
}

static struct match *match_with(const struct compiled *compiled, const struct url *url)
{
	g_autoptr(GPtrArray) groups = rule_pairs_new();
	struct match *match = g_new0(struct match, 1);

	match->rule = compiled->rule;
	match->fields = rule_pairs_new();
	holds(compiled, url, add_group, groups);
	collect_fields(match, url, groups);
	match->next = decode_next(match->rule, url, groups);
	return match;
}

struct match *matcher_match(const struct matcher *matcher, const struct url *url)
{
	const struct compiled *best = search_rules(matcher, url).best;

	return best ? match_with(best, url) : NULL;
}

void match_free(struct match *match)
{
	if (!match)
		return;
	g_free(match->next);
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

/* ---- the tests of rules ---- */

struct checking {
	const struct matcher *matcher;
	const struct rule *rule;
	char *file;
	struct problems *problems;
};

static void check_fields(
	const struct checking *checking, const struct rule_test *test, const struct match *match)
{
	for (guint i = 0; i < test->fields->len; i++) {
		const struct rule_pair *wanted = test->fields->pdata[i];
		const char *found = match_field(match, wanted->name);

		if (!found)
			problems_add(checking->problems, checking->file, test->line,
				"test fails: the field '%s' is not found", wanted->name);
		else if (strcmp(found, wanted->value) != 0)
			problems_add(checking->problems, checking->file, test->line,
				"test fails: the field '%s' is '%s', not '%s'", wanted->name, found,
				wanted->value);
	}
}

static void check_next(
	const struct checking *checking, const struct rule_test *test, const struct match *match)
{
	struct url *url = test->next ? url_parse(test->next, strlen(test->next), NULL) : NULL;
	const char *wanted = url ? url_href(url) : NULL;

	if (test->next && !url)
		problems_add(checking->problems, checking->file, test->line,
			"test fails: 'next' is no URL: %s", test->next);
	else if (g_strcmp0(wanted, match->next) != 0)
		problems_add(checking->problems, checking->file, test->line,
			"test fails: leads to %s, not to %s", match->next ? match->next : "opaque",
			wanted ? wanted : "opaque");
	url_free(url);
}

static void check_positive(const struct checking *checking, const struct rule_test *test)
{
	struct url *url = url_parse(test->url, strlen(test->url), NULL);
	struct search search = url ? search_rules(checking->matcher, url) : (struct search){0};

	if (!url)
		problems_add(checking->problems, checking->file, test->line,
			"test fails: no URL: %s", test->url);
	else if (!search.best)
		problems_add(checking->problems, checking->file, test->line,
			"test fails: the rule does not match %s", test->url);
	else if (search.rival &&
		 (search.rival->rule == checking->rule || search.best->rule == checking->rule))
		problems_add(checking->problems, checking->file, test->line,
			"claims the same URL as %s: %s",
			search.best->rule == checking->rule ? search.rival->rule->id
							    : search.best->rule->id,
			test->url);
	else if (search.best->rule != checking->rule)
		problems_add(checking->problems, checking->file, test->line,
			"test fails: %s explains it: %s", search.best->rule->id, test->url);
	if (url && search.best && search.best->rule == checking->rule) {
		struct match *match = match_with(search.best, url);

		check_next(checking, test, match);
		check_fields(checking, test, match);
		match_free(match);
	}
	url_free(url);
}

/* Whether the rule alone matches, whatever others say of the URL. */
static void check_negative(
	const struct checking *checking, const struct matcher *alone, const struct rule_test *test)
{
	struct url *url = url_parse(test->url, strlen(test->url), NULL);

	if (!url)
		problems_add(checking->problems, checking->file, test->line,
			"test fails: no URL: %s", test->url);
	else if (matcher_find(alone, url))
		problems_add(checking->problems, checking->file, test->line,
			"test fails: the rule matches %s", test->url);
	url_free(url);
}

static void check_rule(
	const struct matcher *matcher, const struct rule *rule, struct problems *problems)
{
	struct matcher *alone = matcher_empty(matcher->ruleset);
	bool retired = rule->status == RULE_RETIRED;
	struct checking checking = {retired ? alone : matcher, rule, rule_path(rule->id), problems};

	add_rule(alone, rule);
	for (guint i = 0; i < rule->matches->len; i++)
		check_positive(&checking, rule->matches->pdata[i]);
	for (guint i = 0; i < rule->no_matches->len; i++)
		check_negative(&checking, alone, rule->no_matches->pdata[i]);
	g_free(checking.file);
	matcher_unref(alone);
}

bool matcher_check(const struct matcher *matcher, const char *rule_id, struct problems *problems)
{
	const GPtrArray *rules = ruleset_rules(matcher->ruleset);
	size_t before = problems_count(problems);

	for (guint i = 0; i < rules->len; i++) {
		const struct rule *rule = rules->pdata[i];

		if (!rule_id || strcmp(rule->id, rule_id) == 0)
			check_rule(matcher, rule, problems);
	}
	return problems_count(problems) == before;
}
