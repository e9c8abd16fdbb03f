/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * How fast URLs are matched and decoded with the shipped catalogue, what more rules cost, what
 * compiling them costs, and what a search without an index would cost. Runs from the root of the
 * sources.
 */
#include "rules/chain.h"
#include "rules/query.h"
#include "tests/bench/bench.h"
#include "tests/bench/urls.h"

#include <malloc.h>

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#define CATALOGUE "rules/catalogue"
#define URLS_PER_RUN 100000
/* Of a linear scan, pattern matches in a run. */
#define SCANS_PER_RUN 2000000

/* ---- allocations, counted ---- */

static __thread guint64 allocations;

extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t count, size_t size);
extern void *__libc_realloc(void *block, size_t size);

void *malloc(size_t size)
{
	allocations++;
	return __libc_malloc(size);
}

void *calloc(size_t count, size_t size)
{
	allocations++;
	return __libc_calloc(count, size);
}

void *realloc(void *block, size_t size)
{
	allocations++;
	return __libc_realloc(block, size);
}

/* ---- rulesets ---- */

static GPtrArray *no_rules(void)
{
	return g_ptr_array_new_with_free_func((GDestroyNotify)rule_free);
}

static GPtrArray *catalogue_rules(void)
{
	struct problems *problems = problems_new();
	struct ruleset *ruleset = ruleset_load(CATALOGUE, problems, NULL);
	GPtrArray *rules = no_rules();

	if (!ruleset || problems_count(problems)) {
		fprintf(stderr, "%s cannot be loaded\n", CATALOGUE);
		exit(2);
	}
	for (guint i = 0; i < ruleset_rules(ruleset)->len; i++)
		g_ptr_array_add(rules, rule_copy(ruleset_rules(ruleset)->pdata[i]));
	ruleset_unref(ruleset);
	problems_free(problems);
	return rules;
}

/* A rule for hosts of its own, no pattern of which is like another's. */
static struct rule *synthetic(unsigned n)
{
	struct rule *rule = rule_new();

	rule->id = g_strdup_printf("synthetic/r%06u", n);
	rule->esp = g_strdup("synthetic");
	rule->status = RULE_STABLE;
	for (unsigned i = 0; i <= n % 3; i++)
		g_ptr_array_add(rule->hosts, g_strdup_printf("click%u.sender%06u.example", i, n));
	rule->path = g_strdup_printf("^/c%u/(?<account>\\d+)/(?<link>[\\w-]{8,})$", n);
	if (n % 2)
		g_ptr_array_add(rule->params, rule_pair_new("u", "^https?%3A"));
	g_ptr_array_add(rule->decode, rule_step_new("param", "u"));
	g_ptr_array_add(rule->decode, rule_step_new("percent", NULL));
	return rule;
}

/* A rule for any host, known by a path or a parameter of its own. */
static struct rule *branded(unsigned n)
{
	struct rule *rule = synthetic(n);
	struct rule_pair *pair = n % 2 ? rule->params->pdata[0] : NULL;

	g_ptr_array_set_size(rule->hosts, 0);
	if (pair) {
		g_free(pair->name);
		pair->name = g_strdup_printf("u%u", n);
	}
	return rule;
}

static struct matcher *matcher_of(GPtrArray *rules)
{
	struct ruleset *ruleset = ruleset_of(rules);
	struct matcher *matcher = matcher_new(ruleset);

	ruleset_unref(ruleset);
	return matcher;
}

static struct matcher *catalogue_with(unsigned added, struct rule *(*make)(unsigned))
{
	GPtrArray *rules = catalogue_rules();

	for (unsigned i = 0; i < added; i++)
		g_ptr_array_add(rules, make(i));
	return matcher_of(rules);
}

/* ---- parse, match, decode ---- */

enum work { PARSE, MATCH, DECODE, CHAIN };

struct job {
	struct matcher *matcher;
	const struct urls *urls;
	enum work work;
	guint64 found;
};

static void work_on(struct job *job, const char *text)
{
	struct url *url = url_parse(text, strlen(text), NULL);
	struct chain *chain;
	struct match *match;

	switch (job->work) {
	case PARSE:
		break;
	case MATCH:
		job->found += matcher_find(job->matcher, url) != NULL;
		break;
	case DECODE:
		match = matcher_match(job->matcher, url);
		job->found += match && match->next;
		match_free(match);
		break;
	case CHAIN:
		chain = chain_follow(job->matcher, url);
		job->found += chain->landing != NULL;
		chain_free(chain);
		break;
	}
	url_free(url);
}

static void work_on_all(void *user)
{
	struct job *job = user;
	unsigned passes = urls_passes(job->urls, URLS_PER_RUN);

	for (unsigned pass = 0; pass < passes; pass++)
		for (guint i = 0; i < job->urls->texts->len; i++)
			work_on(job, job->urls->texts->pdata[i]);
}

static struct bench_case case_of(const char *name, struct job *job)
{
	struct bench_case bench = {name, "URLs", 0, work_on_all, job, {0}};

	bench.count = (double)job->urls->texts->len * urls_passes(job->urls, URLS_PER_RUN);
	return bench;
}

/* The URLs that a rule explains, and the others. */
static void part(const struct urls *urls, const struct matcher *matcher, struct urls *trackers,
	struct urls *plain)
{
	for (guint i = 0; i < urls->texts->len; i++) {
		const char *text = urls->texts->pdata[i];
		struct url *url = url_parse(text, strlen(text), NULL);

		urls_add(matcher_find(matcher, url) ? trackers : plain, text);
		url_free(url);
	}
}

static void bench_catalogue(const struct urls *urls, struct matcher *matcher)
{
	struct urls *trackers = urls_new(), *plain = urls_new();

	part(urls, matcher, trackers, plain);
	printf("  the catalogue: %u rules; %u URLs, %u of them trackers\n",
		ruleset_rules(matcher_ruleset(matcher))->len, urls->texts->len,
		trackers->texts->len);
	struct job jobs[] = {
		{matcher, urls, PARSE, 0},
		{matcher, urls, MATCH, 0},
		{matcher, urls, DECODE, 0},
		{matcher, urls, CHAIN, 0},
		{matcher, trackers, MATCH, 0},
		{matcher, trackers, DECODE, 0},
		{matcher, trackers, CHAIN, 0},
		{matcher, plain, MATCH, 0},
		{matcher, plain, DECODE, 0},
	};
	static const char *const names[] = {
		"parse",
		"parse, match",
		"parse, match, decode",
		"parse, follow the chain",
		"trackers: parse, match",
		"trackers: parse, match, decode",
		"trackers: parse, follow the chain",
		"plain: parse, match",
		"plain: parse, match, decode",
	};
	struct bench_case cases[G_N_ELEMENTS(jobs)];
	size_t count = 0;

	for (size_t i = 0; i < G_N_ELEMENTS(jobs); i++)
		if (jobs[i].urls->texts->len)
			cases[count++] = case_of(names[i], &jobs[i]);
	bench_time(cases, count);
	for (size_t i = 0; i < count; i++)
		bench_print(&cases[i]);
	printf("  %-44s %11.2f\n", "ratio: parse, match to parse",
		bench_ratio(&cases[1], &cases[0]));
	urls_free(trackers);
	urls_free(plain);
}

static void bench_allocations(const struct urls *urls, const struct matcher *matcher)
{
	guint64 matching = 0, parsing = 0;

	for (guint i = 0; i < urls->texts->len; i++) {
		const char *text = urls->texts->pdata[i];
		guint64 start = allocations;
		struct url *url = url_parse(text, strlen(text), NULL);

		parsing += allocations - start;
		start = allocations;
		matcher_find(matcher, url);
		matching += allocations - start;
		url_free(url);
	}
	printf("  %-44s %11.3f a URL\n", "allocations: parse", (double)parsing / urls->texts->len);
	printf("  %-44s %11.3f a URL\n", "allocations: match", (double)matching / urls->texts->len);
}

/* ---- more rules ---- */

static const unsigned sizes[] = {100, 1000, 10000, 100000};

static void bench_sizes(const struct urls *urls)
{
	struct matcher *matchers[G_N_ELEMENTS(sizes)];
	struct job jobs[2 * G_N_ELEMENTS(sizes)];
	struct bench_case cases[2 * G_N_ELEMENTS(sizes)];
	char names[2 * G_N_ELEMENTS(sizes)][64];

	for (size_t i = 0; i < G_N_ELEMENTS(sizes); i++) {
		matchers[i] = catalogue_with(sizes[i], synthetic);
		for (size_t j = 0; j < 2; j++) {
			size_t at = 2 * i + j;

			g_snprintf(names[at], sizeof(names[at]), "%u more rules: parse, match%s",
				sizes[i], j ? ", decode" : "");
			jobs[at] = (struct job){matchers[i], urls, j ? DECODE : MATCH, 0};
			cases[at] = case_of(names[at], &jobs[at]);
		}
	}
	bench_time(cases, G_N_ELEMENTS(cases));
	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++)
		bench_print(&cases[i]);
	for (size_t j = 0; j < 2; j++)
		printf("  %-44s %11.2f\n",
			j ? "ratio: 100,000 to 100 rules, decode" : "ratio: 100,000 to 100 rules",
			bench_ratio(&cases[2 * (G_N_ELEMENTS(sizes) - 1) + j], &cases[j]));
	printf("  %-44s %11.1f MiB\n", "peak memory with these four rulesets", bench_memory_peak());
	for (size_t i = 0; i < G_N_ELEMENTS(sizes); i++)
		matcher_unref(matchers[i]);
}

static void bench_branded(const struct urls *urls)
{
	struct matcher *few = catalogue_with(100, branded);
	struct matcher *many = catalogue_with(10000, branded);
	struct job jobs[] = {{few, urls, MATCH, 0}, {many, urls, MATCH, 0}};
	struct bench_case cases[] = {case_of("100 more rules for any host: parse, match", &jobs[0]),
		case_of("10000 more rules for any host: parse, match", &jobs[1])};

	bench_time(cases, G_N_ELEMENTS(cases));
	bench_print(&cases[0]);
	bench_print(&cases[1]);
	printf("  %-44s %11.2f\n", "ratio: 10,000 to 100 rules for any host",
		bench_ratio(&cases[1], &cases[0]));
	matcher_unref(few);
	matcher_unref(many);
}

/* ---- compiling ---- */

static void compile_rules(void *user)
{
	matcher_unref(matcher_new(user));
}

static double heap(void)
{
	struct mallinfo2 info = mallinfo2();

	return (double)(info.uordblks + info.hblkhd) / (1 << 20);
}

static void bench_compile(unsigned count)
{
	GPtrArray *rules = no_rules();
	char name[64];

	for (unsigned i = 0; i < count; i++)
		g_ptr_array_add(rules, synthetic(i));
	struct ruleset *ruleset = ruleset_of(rules);
	double before = heap();
	struct matcher *matcher = matcher_new(ruleset);
	double memory = heap() - before;
	matcher_unref(matcher);
	g_snprintf(name, sizeof(name), "compile %u rules", count);
	struct bench_case bench = {name, "rules", count, compile_rules, ruleset, {0}};
	bench_time(&bench, 1);
	printf("  %-44s %11.4f s   %.1f MiB\n", name, bench_median(bench.seconds, BENCH_RUNS),
		memory);
	ruleset_unref(ruleset);
}

/* ---- without an index ---- */

#define MAX_CODES 16

/* A rule as one would run it with nothing but PCRE2: the suffixes of hosts are a pattern too. */
struct plain_rule {
	const struct rule *rule;
	pcre2_code *suffix, *host, *path, *fragment; /* NULL: not asked for */
	pcre2_code *params[MAX_CODES];
};

static pcre2_code *code_of(const char *text)
{
	PCRE2_SIZE offset;
	int error;
	pcre2_code *code = text && *text ? pcre2_compile((PCRE2_SPTR)text, PCRE2_ZERO_TERMINATED, 0,
						   &error, &offset, NULL)
					 : NULL;

	if (code)
		pcre2_jit_compile(code, PCRE2_JIT_COMPLETE);
	return code;
}

static void plain_rule_free(gpointer data)
{
	struct plain_rule *plain = data;

	pcre2_code_free(plain->suffix);
	pcre2_code_free(plain->host);
	pcre2_code_free(plain->path);
	pcre2_code_free(plain->fragment);
	for (size_t i = 0; i < MAX_CODES; i++)
		pcre2_code_free(plain->params[i]);
	g_free(plain);
}

static struct plain_rule *plain_rule_new(const struct rule *rule)
{
	struct plain_rule *plain = g_new0(struct plain_rule, 1);
	g_autoptr(GString) suffix = g_string_new("(?:^|\\.)(?:");

	plain->rule = rule;
	for (guint i = 0; i < rule->hosts->len; i++) {
		g_autofree char *literal = g_regex_escape_string(rule->hosts->pdata[i], -1);

		g_string_append_printf(suffix, "%s%s", i ? "|" : "", literal);
	}
	g_string_append(suffix, ")\\.?$");
	plain->suffix = rule->hosts->len ? code_of(suffix->str) : NULL;
	plain->host = code_of(rule->host);
	plain->path = code_of(rule->path);
	plain->fragment = code_of(rule->fragment);
	for (guint i = 0; i < MIN(rule->params->len, MAX_CODES); i++)
		plain->params[i] = code_of(((struct rule_pair *)rule->params->pdata[i])->value);
	return plain;
}

static bool found(const pcre2_code *code, struct span subject, pcre2_match_data *data)
{
	return !code || pcre2_match(code, (PCRE2_SPTR)(subject.ptr ? subject.ptr : ""), subject.len,
				0, 0, data, NULL) >= 0;
}

static bool plain_rule_holds(
	const struct plain_rule *plain, const struct url *url, pcre2_match_data *data)
{
	const GPtrArray *params = plain->rule->params;

	if (!found(plain->suffix, url_host(url), data) ||
		!found(plain->host, url_host(url), data) ||
		!found(plain->path, url_path(url), data) ||
		!found(plain->fragment, url_fragment(url), data))
		return false;
	for (guint i = 0; i < MIN(params->len, MAX_CODES); i++) {
		const struct rule_pair *pair = params->pdata[i];
		struct span value;

		if (!query_find(url_query(url), pair->name, &value) ||
			!found(plain->params[i], value, data))
			return false;
	}
	return true;
}

struct scan {
	GPtrArray *rules; /* of struct plain_rule */
	pcre2_match_data *data;
	const struct urls *urls;
	guint limit; /* URLs of a run */
	guint64 found;
};

static void scan_all(void *user)
{
	struct scan *scan = user;

	for (guint i = 0; i < scan->limit; i++) {
		/* Spread over all URLs, which come mail by mail. */
		const char *text =
			scan->urls->texts->pdata[(guint64)i * scan->urls->texts->len / scan->limit];
		struct url *url = url_parse(text, strlen(text), NULL);

		for (guint j = 0; j < scan->rules->len; j++)
			scan->found += plain_rule_holds(scan->rules->pdata[j], url, scan->data);
		url_free(url);
	}
}

static void bench_linear(const struct urls *urls, unsigned added)
{
	struct matcher *matcher = catalogue_with(added, synthetic);
	const GPtrArray *rules = ruleset_rules(matcher_ruleset(matcher));
	struct scan scan = {g_ptr_array_new_with_free_func(plain_rule_free),
		pcre2_match_data_create(64, NULL), urls, urls->texts->len, 0};
	struct job job = {matcher, urls, MATCH, 0};
	char name[64];

	for (guint i = 0; i < rules->len; i++)
		g_ptr_array_add(scan.rules, plain_rule_new(rules->pdata[i]));
	scan.limit = MIN(scan.limit, MAX(SCANS_PER_RUN / rules->len, 10));
	g_snprintf(name, sizeof(name), "%u more rules: parse, every pattern", added);
	struct bench_case cases[] = {
		{name, "URLs", scan.limit, scan_all, &scan, {0}}, case_of("indexed", &job)};
	bench_time(cases, G_N_ELEMENTS(cases));
	bench_print(&cases[0]);
	printf("  %-44s %11.0f\n", "ratio: every pattern to the index",
		bench_ratio(&cases[0], &cases[1]));
	g_ptr_array_unref(scan.rules);
	pcre2_match_data_free(scan.data);
	matcher_unref(matcher);
}

int main(void)
{
	struct urls *urls = urls_load();
	struct matcher *matcher = matcher_of(catalogue_rules());

	bench_memory_reset();
	bench_catalogue(urls, matcher);
	bench_allocations(urls, matcher);
	printf("  %-44s %11.1f MiB\n", "peak memory, the URLs included", bench_memory_peak());
	matcher_unref(matcher);
	for (size_t i = 0; i < G_N_ELEMENTS(sizes); i++)
		bench_compile(sizes[i]);
	bench_memory_reset();
	bench_sizes(urls);
	bench_branded(urls);
	bench_linear(urls, 0);
	bench_linear(urls, 1000);
	bench_linear(urls, 10000);
	urls_free(urls);
	return 0;
}
