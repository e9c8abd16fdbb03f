/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The matcher against a reference that is too simple to be wrong: every rule, one after the other,
 * every condition with a PCRE2 call of its own, the best by the order of docs/rule-format.md. On
 * generated rules and URLs that collide often, and on the shipped catalogue with the URLs of all
 * tests. Runs from the root of the sources.
 */
#include "rules/matcher.h"
#include "rules/query.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#define CATALOGUE "rules/catalogue"

/* ---- the reference ---- */

/* Compiled once for each text: the reference is slow enough. */
static GHashTable *codes;

static pcre2_code *code_of(const char *text)
{
	pcre2_code *code = g_hash_table_lookup(codes, text);
	PCRE2_SIZE offset;
	int error;

	if (code)
		return code;
	code = pcre2_compile((PCRE2_SPTR)text, PCRE2_ZERO_TERMINATED, 0, &error, &offset, NULL);
	if (!code)
		fail_msg("%s: no pattern", text);
	g_hash_table_insert(codes, g_strdup(text), code);
	return code;
}

static bool found(const char *pattern, struct span subject)
{
	pcre2_code *code;
	pcre2_match_data *data;

	if (!pattern || !*pattern)
		return true;
	code = code_of(pattern);
	data = pcre2_match_data_create_from_pattern(code, NULL);
	int count = pcre2_match(
		code, (PCRE2_SPTR)(subject.ptr ? subject.ptr : ""), subject.len, 0, 0, data, NULL);
	pcre2_match_data_free(data);
	return count >= 0;
}

/* The length of the longest suffix that the host has, 0 for none. */
static size_t suffix_length(const struct rule *rule, const char *host)
{
	size_t longest = 0;

	for (guint i = 0; i < rule->hosts->len; i++) {
		const char *suffix = rule->hosts->pdata[i];
		g_autofree char *below = g_strconcat(".", suffix, NULL);

		if (strcmp(host, suffix) == 0 || g_str_has_suffix(host, below))
			longest = MAX(longest, strlen(suffix));
	}
	return longest;
}

static bool holds(const struct rule *rule, const struct url *url)
{
	if (!found(rule->host, url_host(url)) || !found(rule->path, url_path(url)) ||
		!found(rule->query, url_query(url)) || !found(rule->fragment, url_fragment(url)))
		return false;
	for (guint i = 0; i < rule->params->len; i++) {
		const struct rule_pair *pair = rule->params->pdata[i];
		struct span value;

		if (!query_find(url_query(url), pair->name, &value) || !found(pair->value, value))
			return false;
	}
	return true;
}

/* What the rules are ordered by; the larger is the better, but for the id. */
struct rank {
	bool has_hosts;
	size_t suffix;
	guint params;
	bool has_path;
	const char *id;
};

static bool is_better(const struct rank *a, const struct rank *b)
{
	if (a->has_hosts != b->has_hosts)
		return a->has_hosts;
	if (a->suffix != b->suffix)
		return a->suffix > b->suffix;
	if (a->params != b->params)
		return a->params > b->params;
	if (a->has_path != b->has_path)
		return a->has_path;
	return strcmp(a->id, b->id) < 0;
}

static const struct rule *reference(const struct ruleset *ruleset, const struct url *url)
{
	const GPtrArray *rules = ruleset_rules(ruleset);
	g_autofree char *host = span_dup(url_host(url));
	const struct rule *best = NULL;
	struct rank best_rank = {0};

	if (!url_is_web(url))
		return NULL;
	if (g_str_has_suffix(host, "."))
		host[strlen(host) - 1] = '\0';
	for (guint i = 0; i < rules->len; i++) {
		const struct rule *rule = rules->pdata[i];
		struct rank rank = {rule->hosts->len > 0, suffix_length(rule, host),
			rule->params->len, rule->path != NULL, rule->id};

		if (rule->status == RULE_RETIRED || (rank.has_hosts && !rank.suffix) ||
			(best && !is_better(&rank, &best_rank)) || !holds(rule, url))
			continue;
		best = rule;
		best_rank = rank;
	}
	return best;
}

/* Returns whether some rule explains the URL. */
static bool compare(const struct matcher *matcher, const char *text)
{
	struct url *url = url_parse(text, strlen(text), NULL);
	const struct rule *wanted, *got;

	if (!url)
		return false;
	wanted = reference(matcher_ruleset(matcher), url);
	got = matcher_find(matcher, url);
	if (wanted != got)
		fail_msg("%s: %s, not %s", text, got ? got->id : "none",
			wanted ? wanted->id : "none");
	url_free(url);
	return wanted != NULL;
}

/* ---- generated rules ---- */

static const char *const hosts[] = {"example.com", "t.example.com", "a.t.example.com",
	"click.t.example.com", "example.net", "co.example", "b.co.example", "192.0.2.1", "example"};
static const char *const host_patterns[] = {"^t\\.", "^(?:(?<account>\\w+)\\.t\\.example\\.com$)?",
	"example\\.(?:com|net)$", "\\d", "^(?!click)"};
static const char *const paths[] = {"^/", "^/$", "^/c/", "^/c/(?<link>\\d+)$", "^/click$",
	"^/(?:c|click)/", "^/(?:c|click)?/x", "^/(?:u/)?c/", "/c/", "/click/(?<link>\\d+)", "/x$",
	"^/c/|^/u/", "/c/|/u/", "^/c/?x", "^/[cu]/", "^/(?:c/|u/)?6[a-z]{3,}\\d", "(?i)^/CLICK",
	"^(?i)/c/", "^/c//", "^/\\w+/\\w+$", "^/(?=c)", "^/(?!c)", "c", "^/(?:[c-u]/){2,}",
	"^/c/.{12}", "^/\\x63/", "^/u/(?:c|x)/", "/u/c/x", "/(?:u|x)/c", "^.c", "^/.*/x", "^/c+/",
	"/c{2}/", "/u/{2}c"};
static const char *const names[] = {"a", "b", "upn", "u", "amp"};
static const char *const values[] = {"", "", "^\\d+$", "^x", ".{4}", "^$"};
static const char *const queries[] = {"^a=", "^$", "(?<link>\\d+)", ".{8}"};
static const char *const fragments[] = {"^f", ".{3}", "^$"};

static const char *const url_hosts[] = {"example.com", "t.example.com", "T.Example.COM",
	"a.t.example.com", "x.a.t.example.com", "click.t.example.com", "example.net.",
	"www.example.net", "co.example", "b.co.example", "192.0.2.1", "0xc0000201", "other.example",
	"notexample.com", "example", "a..b.co.example"};
static const char *const segments[] = {"c", "click", "u", "x", "6abc7", "C", "", "cc", "cx",
	"12345", "click%2F", "a.b",
	"ccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc"};
static const char *const url_values[] = {"", "=", "=1", "=12", "=x1", "=abcd", "=%31"};
static const char *const tails[] = {"", "", "", "#", "#f", "#far", "#abc"};

#define PICK(rand, list) (list)[g_rand_int_range(rand, 0, G_N_ELEMENTS(list))]

static bool one_in(GRand *rand, int n)
{
	return g_rand_int_range(rand, 0, n) == 0;
}

static gint by_name(gconstpointer a, gconstpointer b)
{
	return strcmp((*(const struct rule_pair *const *)a)->name,
		(*(const struct rule_pair *const *)b)->name);
}

static void add_params(GRand *rand, struct rule *rule)
{
	unsigned first = g_rand_int_range(rand, 0, G_N_ELEMENTS(names));
	unsigned count = g_rand_int_range(rand, 0, 3);

	for (unsigned i = 0; i < count; i++)
		g_ptr_array_add(
			rule->params, rule_pair_new(names[(first + i) % G_N_ELEMENTS(names)],
					      PICK(rand, values)));
	g_ptr_array_sort(rule->params, by_name);
}

static struct rule *random_rule(GRand *rand, unsigned n)
{
	struct rule *rule = rule_new();

	rule->id = g_strdup_printf("acme/r%02u", n);
	rule->esp = g_strdup("acme");
	rule->status = one_in(rand, 10) ? RULE_RETIRED : one_in(rand, 3) ? RULE_DRAFT : RULE_STABLE;
	for (int i = g_rand_int_range(rand, 0, 3); i > 0; i--)
		g_ptr_array_add(rule->hosts, g_strdup(PICK(rand, hosts)));
	if (one_in(rand, 4))
		rule->host = g_strdup(PICK(rand, host_patterns));
	if (!rule->hosts->len || !one_in(rand, 3))
		rule->path = g_strdup(PICK(rand, paths));
	if (one_in(rand, 2))
		add_params(rand, rule);
	if (one_in(rand, 6))
		rule->query = g_strdup(PICK(rand, queries));
	if (one_in(rand, 6))
		rule->fragment = g_strdup(PICK(rand, fragments));
	return rule;
}

static char *random_url(GRand *rand)
{
	GString *url = g_string_new(one_in(rand, 20) ? "ftp://" : "https://");

	g_string_append(url, PICK(rand, url_hosts));
	for (int i = g_rand_int_range(rand, 0, 5); i > 0; i--)
		g_string_append_printf(url, "/%s", PICK(rand, segments));
	for (int i = g_rand_int_range(rand, -1, 4), first = i; i > 0; i--)
		g_string_append_printf(url, "%s%s%s",
			i == first        ? "?"
			: one_in(rand, 9) ? "&amp;"
					  : "&",
			PICK(rand, names), PICK(rand, url_values));
	g_string_append(url, PICK(rand, tails));
	return g_string_free(url, FALSE);
}

static void test_generated(void **state)
{
	GRand *rand = g_rand_new_with_seed(20);
	unsigned explained = 0, looked_at = 0;

	(void)state;
	for (unsigned round = 0; round < 150; round++) {
		GPtrArray *rules = g_ptr_array_new_with_free_func((GDestroyNotify)rule_free);
		/* Few rules leave room for those that seldom win. */
		unsigned count = 1 + round % 40;

		for (unsigned i = 0; i < count; i++)
			g_ptr_array_add(rules, random_rule(rand, i));
		struct ruleset *ruleset = ruleset_of(rules);
		struct matcher *matcher = matcher_new(ruleset);
		for (unsigned i = 0; i < 300; i++, looked_at++) {
			g_autofree char *url = random_url(rand);

			explained += compare(matcher, url);
		}
		matcher_unref(matcher);
		ruleset_unref(ruleset);
	}
	/* Else the comparison would say little. */
	assert_in_range(explained, looked_at / 4, looked_at * 9 / 10);
	g_rand_free(rand);
}

/* ---- the catalogue ---- */

static struct matcher *catalogue(void)
{
	struct problems *problems = problems_new();
	struct ruleset *ruleset = ruleset_load(CATALOGUE, problems, NULL);

	assert_non_null(ruleset);
	assert_int_equal(problems_count(problems), 0);
	struct matcher *matcher = matcher_new(ruleset);
	ruleset_unref(ruleset);
	problems_free(problems);
	return matcher;
}

/* A part of a URL changed: some bytes taken out, said twice, or those of another URL put in. */
static char *vary(GRand *rand, const char *text, const char *other)
{
	size_t len = strlen(text), from = g_rand_int_range(rand, 0, len);
	size_t to = g_rand_int_range(rand, from, MIN(len, from + 12) + 1);
	size_t other_from = g_rand_int_range(rand, 0, strlen(other));
	g_autofree char *head = g_strndup(text, one_in(rand, 2) ? from : to);
	g_autofree char *middle = one_in(rand, 2) ? g_strndup(other + other_from, to - from) : NULL;

	return g_strconcat(head, middle ? middle : "", text + (one_in(rand, 2) ? from : to), NULL);
}

/* The URL on a host of nobody: what is recognised by its shape. */
static char *branded(const char *text)
{
	struct url *url = url_parse(text, strlen(text), NULL);
	char *on_other = url && url_is_web(url) ? g_strconcat("https://link.brand.example",
							  url_path(url).ptr, NULL)
						: g_strdup(text);

	url_free(url);
	return on_other;
}

static GPtrArray *test_urls(const struct ruleset *ruleset)
{
	const GPtrArray *rules = ruleset_rules(ruleset);
	GPtrArray *urls = g_ptr_array_new();

	for (guint i = 0; i < rules->len; i++) {
		const struct rule *rule = rules->pdata[i];

		for (guint j = 0; j < rule->matches->len; j++)
			g_ptr_array_add(urls, ((struct rule_test *)rule->matches->pdata[j])->url);
		for (guint j = 0; j < rule->no_matches->len; j++)
			g_ptr_array_add(
				urls, ((struct rule_test *)rule->no_matches->pdata[j])->url);
	}
	return urls;
}

static void test_catalogue(void **state)
{
	struct matcher *matcher = catalogue();
	g_autoptr(GPtrArray) urls = test_urls(matcher_ruleset(matcher));
	GRand *rand = g_rand_new_with_seed(3);
	unsigned explained = 0;

	(void)state;
	assert_true(urls->len > 500);
	for (guint i = 0; i < urls->len; i++) {
		const char *other = urls->pdata[g_rand_int_range(rand, 0, urls->len)];
		g_autofree char *elsewhere = branded(urls->pdata[i]);

		explained += compare(matcher, urls->pdata[i]);
		compare(matcher, elsewhere);
		for (unsigned j = 0; j < 8; j++) {
			g_autofree char *varied =
				vary(rand, j % 2 ? elsewhere : urls->pdata[i], other);

			compare(matcher, varied);
		}
	}
	assert_true(explained > urls->len / 2);
	g_rand_free(rand);
	matcher_unref(matcher);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_generated),
		cmocka_unit_test(test_catalogue),
	};

	codes = g_hash_table_new_full(
		g_str_hash, g_str_equal, g_free, (GDestroyNotify)pcre2_code_free);
	int failed = cmocka_run_group_tests(tests, NULL, NULL);
	g_hash_table_unref(codes);
	return failed;
}
