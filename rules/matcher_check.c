/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The tests that rules carry, and patterns that take too long.
 */
#include "rules/matcher_internal.h"

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
	struct search search = url ? matcher_search(checking->matcher, url) : (struct search){0};

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
		struct match *match = match_new(search.best, url);

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

/* ---- patterns that take too long ---- */

/* Bytes with which a repetition is made to fail at its end: few classes have all of them. */
static const char spoilers[] = {'!', '/', '\x01'};

static bool is_word(char c)
{
	return g_ascii_isalnum(c) || c == '_';
}

/* Matches the pattern against the example with its part from `at` on repeated, as often as fits a
 * subject of usual length, and spoiled behind that: what makes a pattern with a repetition in a
 * repetition try all ways to divide the text. */
static void pump(const struct pattern *pattern, struct span example, struct span part)
{
	size_t head = part.ptr - example.ptr, tail = example.len - head - part.len;
	g_autoptr(GString) subject = g_string_sized_new(PATTERN_USUAL_SUBJECT);

	for (size_t i = 0; i < sizeof(spoilers); i++) {
		g_string_truncate(subject, 0);
		g_string_append_len(subject, example.ptr, (gssize)head);
		while (subject->len + part.len + 1 + tail <= PATTERN_USUAL_SUBJECT)
			g_string_append_len(subject, part.ptr, (gssize)part.len);
		g_string_append_c(subject, spoilers[i]);
		g_string_append_len(subject, part.ptr + part.len, (gssize)tail);
		pattern_match(pattern, span_from_string(subject), NULL, NULL);
	}
}

/* Pumps each word of the example: its first byte, and all of it with the byte behind it. */
static void probe(const struct pattern *pattern, struct span example)
{
	const char *end = example.ptr + MIN(example.len, PATTERN_USUAL_SUBJECT / 2);

	example.len = end - example.ptr;
	for (const char *at = example.ptr; at < end && !pattern_quarantined(pattern);) {
		const char *start = at;

		while (at < end && is_word(*at))
			at++;
		at += at < end;
		if (is_word(*start)) {
			pump(pattern, example, (struct span){start, 1});
			pump(pattern, example, (struct span){start, at - start});
		}
	}
}

static void probe_pattern(void *user, const struct pattern *pattern, struct span subject)
{
	(void)user;
	probe(pattern, subject);
}

static void report_quarantine(
	const struct compiled *compiled, const char *file, struct problems *problems)
{
	const char *name = compiled_quarantined(compiled);

	if (name)
		problems_add(problems, file, 0,
			"the pattern of '%s' hits the match limit: the rule is quarantined", name);
}

/* `alone` is a matcher of the rule that nobody else uses: its patterns may be quarantined. One test
 * is enough: a pattern that is slow on one URL is slow on others. */
static void check_patterns(const struct checking *checking, const struct matcher *alone)
{
	const struct compiled *compiled = matcher_compiled(alone)->pdata[0];
	const struct compiled *in_use = matcher_compiled_find(checking->matcher, checking->rule);
	const GPtrArray *tests = checking->rule->matches;
	const struct rule_test *test = tests->len ? tests->pdata[0] : NULL;
	struct url *url = test ? url_parse(test->url, strlen(test->url), NULL) : NULL;

	if (url)
		compiled_each_subject(compiled, url, probe_pattern, NULL);
	url_free(url);
	if (in_use && compiled_quarantined(in_use))
		compiled = in_use;
	report_quarantine(compiled, checking->file, checking->problems);
}

size_t matcher_quarantined(const struct matcher *matcher, struct problems *problems)
{
	const GPtrArray *rules = matcher_compiled(matcher);
	size_t before = problems_count(problems);

	for (guint i = 0; i < rules->len; i++) {
		const struct compiled *compiled = rules->pdata[i];
		g_autofree char *file = rule_path(compiled->rule->id);

		report_quarantine(compiled, file, problems);
	}
	return problems_count(problems) - before;
}

/* ---- all of them ---- */

static void check_rule(
	const struct matcher *matcher, const struct rule *rule, struct problems *problems)
{
	struct matcher *alone = matcher_of_one(matcher, rule);
	bool retired = rule->status == RULE_RETIRED;
	struct checking checking = {retired ? alone : matcher, rule, rule_path(rule->id), problems};

	for (guint i = 0; i < rule->matches->len; i++)
		check_positive(&checking, rule->matches->pdata[i]);
	for (guint i = 0; i < rule->no_matches->len; i++)
		check_negative(&checking, alone, rule->no_matches->pdata[i]);
	check_patterns(&checking, alone);
	g_free(checking.file);
	matcher_unref(alone);
}

bool matcher_check(const struct matcher *matcher, const char *rule_id, struct problems *problems)
{
	const GPtrArray *rules = ruleset_rules(matcher_ruleset(matcher));
	size_t before = problems_count(problems);

	for (guint i = 0; i < rules->len; i++) {
		const struct rule *rule = rules->pdata[i];

		if (!rule_id || strcmp(rule->id, rule_id) == 0)
			check_rule(matcher, rule, problems);
	}
	return problems_count(problems) == before;
}
