/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Whether an expression does what its rule does, as far as the tests of the rule tell: a rule that
 * another program would not find is better told than exported.
 */
#include "rules/export/writer.h"

#include "rules/url.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

/* Other programs have limits of their own; this one only keeps the export short. */
#define MATCH_LIMIT 1000000

struct proof {
	pcre2_code *code;
	pcre2_match_data *data;
	pcre2_match_context *context;
	export_view_fn view;
};

static bool proof_init(struct proof *proof, const char *regex, export_view_fn view)
{
	int error;
	PCRE2_SIZE offset;

	proof->view = view;
	proof->code = pcre2_compile(
		(PCRE2_SPTR)regex, PCRE2_ZERO_TERMINATED, PCRE2_NEVER_UTF, &error, &offset, NULL);
	if (!proof->code)
		return false;
	proof->data = pcre2_match_data_create(2, NULL);
	proof->context = pcre2_match_context_create(NULL);
	pcre2_set_match_limit(proof->context, MATCH_LIMIT);
	return true;
}

static void proof_clear(struct proof *proof)
{
	pcre2_code_free(proof->code);
	pcre2_match_data_free(proof->data);
	pcre2_match_context_free(proof->context);
}

/* The URL as the other program sees it; NULL for what is none. */
static char *seen(const struct proof *proof, const char *text)
{
	struct url *url = url_parse(text, strlen(text), NULL);
	char *href = NULL;

	if (url)
		href = proof->view ? proof->view(url_href(url)) : g_strdup(url_href(url));
	url_free(url);
	return href;
}

static int match(const struct proof *proof, const char *href)
{
	return pcre2_match(
		proof->code, (PCRE2_SPTR)href, strlen(href), 0, 0, proof->data, proof->context);
}

static bool all_match(const struct proof *proof, const GPtrArray *tests, bool expected)
{
	for (guint i = 0; i < tests->len; i++) {
		g_autofree char *href =
			seen(proof, ((const struct rule_test *)tests->pdata[i])->url);

		if (href && (match(proof, href) >= 0) != expected)
			return false;
	}
	return true;
}

char *export_prove(const struct rule *rule, const char *regex, export_view_fn view)
{
	struct proof proof = {0};
	char *why = NULL;

	if (!proof_init(&proof, regex, view))
		return g_strdup("no expression can be made of it");
	if (!all_match(&proof, rule->matches, true))
		why = g_strdup("its tests do not match");
	else if (!all_match(&proof, rule->no_matches, false))
		why = g_strdup("its negative tests match");
	proof_clear(&proof);
	return why;
}

/* The host that a text leads to, once the program looks at it in turn. */
static char *host_of(const struct proof *proof, struct span text)
{
	g_autofree char *copy = span_dup(text);
	g_autofree char *viewed = proof->view ? proof->view(copy) : g_strdup(copy);
	g_autofree char *href =
		strstr(viewed, "://") ? g_strdup(viewed) : g_strconcat("http://", viewed, NULL);
	struct url *url = url_parse(href, strlen(href), NULL);
	char *host = url ? span_dup(url_host(url)) : NULL;

	url_free(url);
	return host;
}

static bool leads(const struct proof *proof, const struct rule_test *test)
{
	g_autofree char *href = seen(proof, test->url);
	struct url *next = url_parse(test->next, strlen(test->next), NULL);
	g_autofree char *wanted = next ? span_dup(url_host(next)) : NULL;
	int groups = href ? match(proof, href) : -1;
	PCRE2_SIZE *at = pcre2_get_ovector_pointer(proof->data);

	url_free(next);
	if (groups < 2 || at[2] == PCRE2_UNSET || at[3] < at[2])
		return false;
	g_autofree char *found = host_of(proof, (struct span){href + at[2], at[3] - at[2]});
	return g_strcmp0(found, wanted) == 0;
}

char *export_prove_destination(const struct rule *rule, const char *regex, export_view_fn view)
{
	struct proof proof = {0};
	unsigned led = 0;
	bool good = true;

	if (!proof_init(&proof, regex, view))
		return g_strdup("no expression can be made of it");
	for (guint i = 0; good && i < rule->matches->len; i++) {
		const struct rule_test *test = rule->matches->pdata[i];

		if (!test->next)
			continue;
		good = leads(&proof, test);
		led += good;
	}
	good = good && led && all_match(&proof, rule->no_matches, false);
	proof_clear(&proof);
	return good ? NULL : g_strdup("its destination is not found in its tests");
}
