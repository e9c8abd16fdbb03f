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

/* All URLs, those that a rule explains, and the others. */
struct sets {
	struct urls *all, *trackers, *plain;
};

static struct sets sets_load(void)
{
	struct sets sets = {urls_load(), urls_new(), urls_new()};
	struct matcher *matcher = matcher_of(catalogue_rules());

	for (guint i = 0; i < sets.all->texts->len; i++) {
		const char *text = sets.all->texts->pdata[i];
		struct url *url = url_parse(text, strlen(text), NULL);

		urls_add(matcher_find(matcher, url) ? sets.trackers : sets.plain, text);
		url_free(url);
	}
	matcher_unref(matcher);
	return sets;
}

static void sets_free(struct sets *sets)
{
	urls_free(sets->all);
	urls_free(sets->trackers);
	urls_free(sets->plain);
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
	printf("  %-50s %11.3f a URL\n", "allocations: parse", (double)parsing / urls->texts->len);
	printf("  %-50s %11.3f a URL\n", "allocations: match", (double)matching / urls->texts->len);
}

static void bench_catalogue(const struct sets *sets)
{
	struct matcher *matcher = matcher_of(catalogue_rules());
	struct job jobs[] = {
		{matcher, sets->all, PARSE, 0},
		{matcher, sets->all, MATCH, 0},
		{matcher, sets->all, DECODE, 0},
		{matcher, sets->all, CHAIN, 0},
		{matcher, sets->trackers, MATCH, 0},
		{matcher, sets->trackers, DECODE, 0},
		{matcher, sets->trackers, CHAIN, 0},
		{matcher, sets->plain, MATCH, 0},
		{matcher, sets->plain, DECODE, 0},
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

	printf("  the catalogue: %u rules; %u URLs, %u of them trackers\n",
		ruleset_rules(matcher_ruleset(matcher))->len, sets->all->texts->len,
		sets->trackers->texts->len);
	bench_memory_reset();
	for (size_t i = 0; i < G_N_ELEMENTS(jobs); i++)
		cases[i] = case_of(names[i], &jobs[i]);
	bench_time(cases, G_N_ELEMENTS(cases));
	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++)
		bench_print(&cases[i]);
	printf("  %-50s %11.2f\n", "ratio: parse, match to parse",
		bench_ratio(&cases[1], &cases[0]));
	bench_allocations(sets->all, matcher);
	printf("  %-50s %11.1f MiB\n", "peak memory, the URLs included", bench_memory_peak());
	matcher_unref(matcher);
}

/* ---- more rules ---- */

static const unsigned sizes[] = {100, 1000, 10000, 100000};

/* What is done with each number of rules. */
enum { WORKS = 4 };

static void add_works(struct job jobs[WORKS], struct bench_case cases[WORKS], char names[WORKS][64],
	const struct sets *sets, struct matcher *matcher, unsigned added)
{
	const struct {
		const char *name;
		const struct urls *urls;
		enum work work;
	} works[WORKS] = {
		{"match", sets->all, MATCH},
		{"match, decode", sets->all, DECODE},
		{"trackers: match, decode", sets->trackers, DECODE},
		{"plain: match, decode", sets->plain, DECODE},
	};

	for (size_t i = 0; i < WORKS; i++) {
		g_snprintf(names[i], sizeof(names[i]), "%u more rules: %s", added, works[i].name);
		jobs[i] = (struct job){matcher, works[i].urls, works[i].work, 0};
		cases[i] = case_of(names[i], &jobs[i]);
	}
}

static void bench_sizes(const struct sets *sets)
{
	enum { SIZES = G_N_ELEMENTS(sizes) };
	struct matcher *matchers[SIZES];
	struct job jobs[SIZES][WORKS];
	struct bench_case cases[SIZES][WORKS];
	char names[SIZES][WORKS][64];

	bench_memory_reset();
	for (size_t i = 0; i < SIZES; i++) {
		matchers[i] = catalogue_with(sizes[i], synthetic);
		add_works(jobs[i], cases[i], names[i], sets, matchers[i], sizes[i]);
	}
	bench_time(cases[0], SIZES * WORKS);
	for (size_t i = 0; i < SIZES; i++)
		for (size_t j = 0; j < WORKS; j++)
			bench_print(&cases[i][j]);
	for (size_t i = 0; i < WORKS; i++)
		printf("  ratio: %-43s %11.2f\n", names[SIZES - 1][i],
			bench_ratio(&cases[SIZES - 1][i], &cases[0][i]));
	printf("  %-50s %11.1f MiB\n", "peak memory with these four rulesets", bench_memory_peak());
	for (size_t i = 0; i < SIZES; i++)
		matcher_unref(matchers[i]);
}

/* URLs that the synthetic rules explain, each rule in turn, in no order. */
static struct urls *spread(unsigned rules)
{
	struct urls *urls = urls_new();

	for (unsigned i = 0; i < 100000; i++) {
		unsigned n = (unsigned)(i * 48271ull % rules);
		g_autofree char *text =
			g_strdup_printf("https://click0.sender%06u.example/c%u/%u/"
					"AbCdEfGh12345678?u=https%%3A%%2F%%2Fexample.net",
				n, n, i);

		urls_add(urls, text);
	}
	return urls;
}

static void bench_spread(const struct sets *sets)
{
	struct matcher *few = catalogue_with(100, synthetic);
	struct matcher *many = catalogue_with(100000, synthetic);
	struct urls *to_few = spread(100), *to_many = spread(100000);
	struct job jobs[] = {{few, to_few, MATCH, 0}, {many, to_many, MATCH, 0}};
	struct bench_case cases[] = {case_of("URLs over 100 rules: match", &jobs[0]),
		case_of("URLs over 100000 rules: match", &jobs[1])};

	(void)sets;
	bench_memory_reset();
	bench_time(cases, G_N_ELEMENTS(cases));
	bench_print(&cases[0]);
	bench_print(&cases[1]);
	printf("  %-50s %11.2f\n", "ratio: URLs over 100,000 to over 100 rules",
		bench_ratio(&cases[1], &cases[0]));
	printf("  %-50s %11.1f MiB\n", "peak memory, each rule used", bench_memory_peak());
	if (jobs[1].found != (BENCH_RUNS + 1) * 100000ull)
		printf("  FAILED: a URL is not explained\n");
	matcher_unref(few);
	matcher_unref(many);
	urls_free(to_few);
	urls_free(to_many);
}

static void bench_branded(const struct sets *sets)
{
	struct matcher *few = catalogue_with(100, branded);
	struct matcher *many = catalogue_with(10000, branded);
	struct job jobs[] = {{few, sets->all, MATCH, 0}, {many, sets->all, MATCH, 0}};
	struct bench_case cases[] = {case_of("100 more rules for any host: match", &jobs[0]),
		case_of("10000 more rules for any host: match", &jobs[1])};

	bench_time(cases, G_N_ELEMENTS(cases));
	bench_print(&cases[0]);
	bench_print(&cases[1]);
	printf("  %-50s %11.2f\n", "ratio: 10,000 to 100 rules for any host",
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

static void bench_compiling(unsigned count)
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
	printf("  %-50s %11.4f s   %.1f MiB\n", name, bench_median(bench.seconds, BENCH_RUNS),
		memory);
	ruleset_unref(ruleset);
}

static void bench_compile(const struct sets *sets)
{
	(void)sets;
	for (size_t i = 0; i < G_N_ELEMENTS(sizes); i++)
		bench_compiling(sizes[i]);
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

static void bench_scanning(const struct urls *urls, unsigned added)
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
	printf("  %-50s %11.0f\n", "ratio: every pattern to the index",
		bench_ratio(&cases[0], &cases[1]));
	g_ptr_array_unref(scan.rules);
	pcre2_match_data_free(scan.data);
	matcher_unref(matcher);
}

static void bench_linear(const struct sets *sets)
{
	bench_scanning(sets->all, 0);
	bench_scanning(sets->all, 1000);
	bench_scanning(sets->all, 10000);
}

/* Those named on the command line, or all. */
int main(int argc, char **argv)
{
	static const struct {
		const char *name;
		void (*run)(const struct sets *sets);
	} parts[] = {
		{"catalogue", bench_catalogue},
		{"compile", bench_compile},
		{"sizes", bench_sizes},
		{"spread", bench_spread},
		{"branded", bench_branded},
		{"linear", bench_linear},
	};
	struct sets sets = sets_load();

	for (size_t i = 0; i < G_N_ELEMENTS(parts); i++)
		if (argc < 2 || g_strv_contains((const char *const *)argv + 1, parts[i].name))
			parts[i].run(&sets);
	sets_free(&sets);
	return 0;
}
