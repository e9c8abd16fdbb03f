/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Drafts from URLs of the shapes that trackers have, all ids invented. What a draft says must hold
 * when its rule is written, read back and tested in its ruleset.
 */
#include "rules/draft.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

struct sample {
	const char *esp, *url;
	bool branded;
	const char *decode, *next;
	const char *fields; /* some that must be found, `name=value name=value` */
};

static const struct sample samples[] = {
	{"mandrill",
		"https://mandrillapp.com/track/click/30000001/"
		"www.example.com?p="
		"eyJzIjogImFiY0RFRiIsICJ2IjogMSwgInAiOiAie1widVwiOiAzMDAwMDAwMSwgXCJ2XCI6IDEsIFwidX"
		"JsXCI6IFwiaHR0cHM6Ly93d3cuZXhhbXBsZS5jb20vbGFuZGluZz94PTFcIiwgXCJpZFwiOiBcIjAxMjM0"
		"NTY3ODlhYmNkZWYwMTIzNDU2Nzg5YWJjZGVmXCIsIFwidXJsX2lkc1wiOiBbXCIwMFwiXX0ifQ",
		false, "param p | base64 | json p | json url",
		"https://www.example.com/landing?x=1",
		"account=30000001 message=0123456789abcdef0123456789abcdef"},
	{"ses",
		"https://x1y2z3.r.us-east-1.awstrack.me/L0/"
		"https%3A%2F%2Fwww.example.com%2Flanding%3Fx%3D1/1/"
		"0100018abcdef012-00000000-1111-2222-3333-444444444444-000000/"
		"AbCdEfGhIjKlMnOpQrStUvWxYz0=123",
		false, "group _url | percent", "https://www.example.com/landing?x=1", ""},
	{"postmark",
		"https://click.pstmrk.it/3s/www.example.com%2Flanding/AbCd/EFGh/"
		"01234567-89ab-cdef-0123-456789abcdef",
		false, "group _url | percent | scheme https", "https://www.example.com/landing",
		""},
	{"sparkpost",
		"https://track.sparkpostmail.com/f/a/aBcDeFgHiJkLmNoPqRsTuV~~/AAAAAQA~/"
		"QgJtMUQjaHR0cHM6Ly93d3cuZXhhbXBsZS5jb20vbGFuZGluZz94PTFSD2FubkBleGFtcGxlLm9yZ1cEY3"
		"VzdA~",
		false, "group _data2 | base64 | sparkpost 4", "https://www.example.com/landing?x=1",
		""},
	{"mailgun",
		"https://email.mg.example.org/c/"
		"eJzLsE1MSjY0MlbLtM3VNVTLsc0oKSkoVjV2VDVyA6Ly8nK91IrE3IKcVL3k_"
		"FygSE5iXkpmXrqqsVuFqrGLoVqRbWJenqqJAUxVflE6AFzlGxQ",
		true, "group _data | base64 | zlib | form l", "https://www.example.com/landing?x=1",
		"recipient=ann@example.org"},
	{"mailjet",
		"https://x0y1z.mjt.lu/lnk/AbCdEfGhIjKlMnOp/qRsTuVwXyZ012345/1/"
		"0123456789abcdefABCDEF/aHR0cHM6Ly93d3cuZXhhbXBsZS5jb20vbGFuZGluZz94PTE",
		false, "group _data | base64", "https://www.example.com/landing?x=1", ""},
	{"activecampaign",
		"https://acct1.lt.acemlnb.com/Prod/"
		"link-tracker?redirectUrl="
		"aHR0cHMlM0ElMkYlMkZ3d3cuZXhhbXBsZS5jb20lMkZsYW5kaW5nJTNGeCUzRDE%3D&sig="
		"AbCdEf0123456789&iat=1700000000&a=%7C%7C12345%7C%7C&account=acct1%2Eactivehosted%"
		"2Ecom&s=0a1b2c",
		false, "param redirectUrl | percent | base64 | percent",
		"https://www.example.com/landing?x=1", ""},
	{"customerio",
		"https://e.customeriomail.com/e/c/"
		"eyJlbWFpbF9pZCI6ICJkZ1RBQkNERTAxMjMiLCAiaHJlZiI6ICJodHRwczovL3d3dy5leGFtcGxlLmNvbS"
		"9sYW5kaW5nP3g9MSIsICJsaW5rX2lkIjogNzcsICJwb3NpdGlvbiI6IDB9/"
		"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
		false, "group _data | base64 | json href", "https://www.example.com/landing?x=1",
		"link=77 message=dgTABCDE0123"},
	{"sailthru",
		"https://link.news.example.org/click/12345678.9012/"
		"aHR0cHM6Ly93d3cuZXhhbXBsZS5jb20vbGFuZGluZz94PTE/0123456789abcdef01234567Babcdef01",
		true, "group _data | base64", "https://www.example.com/landing?x=1", ""},
	{"substack",
		"https://substack.com/redirect/2/"
		"eyJlIjogImh0dHBzOi8vd3d3LmV4YW1wbGUuY29tL2xhbmRpbmc_eD0xIiwgInAiOiAxLCAicyI6IDJ9."
		"aBcDeF0123",
		false, "group _data | until . | base64 | json e",
		"https://www.example.com/landing?x=1", ""},
	{"monday",
		"https://trackingservice.monday.com/tracker/"
		"link?token=eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9."
		"eyJvcmlnaW5hbFVybCI6ICJodHRwczovL3d3dy5leGFtcGxlLmNvbS9sYW5kaW5nP3g9MSIsICJhY2NvdW"
		"50X2lkIjogIjQ1NjcifQ.c2lnbmF0dXJlLW9mLXRoZS10b2tlbg",
		false, "param token | jwt originalUrl", "https://www.example.com/landing?x=1",
		"account=4567"},
	{"safelinks",
		"https://nam02.safelinks.protection.outlook.com/"
		"?url=https%3A%2F%2Fwww.example.com%2Flanding%3Fx%3D1&data=05%7C01%7Cann%40example."
		"org%7C0&sdata=AbCdEf%3D&reserved=0",
		false, "param url | percent", "https://www.example.com/landing?x=1", ""},
	{"urldefense",
		"https://urldefense.proofpoint.com/v2/"
		"url?u=https-3A__www.example.com_landing-3Fx-3D1&d=DwMFaQ&c=AbC&r=dEf&m=gHi&s=jKl&"
		"e=",
		false, "param u | urldefense2", "https://www.example.com/landing?x=1", ""},
	{"urldefense",
		"https://urldefense.com/v3/__https://www.example.com/"
		"landing?x=1__;!!AbCdEf!gHiJkL$",
		false, "url | after /v3/ | urldefense3", "https://www.example.com/landing?x=1", ""},
	{"bing",
		"https://www.bing.com/ck/"
		"a?!&&p=0123456789abcdef&ptn=3&u=a1aHR0cHM6Ly93d3cuZXhhbXBsZS5jb20vbGFuZGluZz94PTE&"
		"ntb=1",
		false, "param u | skip 2 | base64", "https://www.example.com/landing?x=1", ""},
	{"google",
		"https://www.google.com/"
		"url?q=https%3A%2F%2Fwww.example.com%2Flanding%3Fx%3D1&sa=D&source=calendar&usd=2&"
		"usg=AOvVaw0123456789",
		false, "param q | percent", "https://www.example.com/landing?x=1", ""},
	/* Suffixes that a script's name has too, and that no list knows. */
	{"newcomer",
		"https://click.newcomer.example/t/492d93775b0eb5344dbbbde3/"
		"aHR0cHM6Ly9wYXktbm93LmxhbmRpbmcuZXhhbXBsZS9pLzc3MzE?c=4821370",
		false, "group _data | base64", "https://pay-now.landing.example/i/7731", ""},
	{"newcomer", "https://click.newcomer.example/go?u=https%3A%2F%2Fwww.landing.pl%2Fa", false,
		"param u | percent", "https://www.landing.pl/a", ""},
	{"google", "https://www.google.com/amp/s/www.example.com/landing", false,
		"group _url | scheme https", "https://www.example.com/landing", ""},
	{"sendgrid",
		"https://u1234567.ct.sendgrid.net/ls/click?upn=u001.AbCdEf-2BgHiJkL-2FmNoPqR-3D-3D",
		false, "opaque", NULL, "account=u1234567"},
	{"mailchimp",
		"https://example.us1.list-manage.com/track/"
		"click?u=0123456789abcdef01234567&id=0123abcdef&e=abcdef0123",
		false, "opaque", NULL,
		"account=0123456789abcdef01234567 message=0123abcdef recipient=abcdef0123"},
	{"constantcontact", "https://r20.rs6.net/tn.jsp?f=001AbCdEfGh&c=iJkLmN==&ch=oPqRsT==",
		false, "opaque", NULL, ""},
	{"mailwizz",
		"https://mail.example.org/index.php/campaigns/ab123cd456efg/track-url/"
		"hi789jk012lmn/0123456789abcdef0123456789abcdef01234567",
		true, "opaque", NULL, "campaign=ab123cd456efg"},
	{"kit", "https://198.51.100.7/cl/1234_md/1/5678/90/12/3", true, "opaque", NULL, ""},
	{"kit", "https://tracker.example.net/?act=cl&pid=1234_md&uid=5&vid=6&ofid=78&lid=9&cid=10",
		false, "opaque", NULL, ""},
	{"locaweb",
		"https://emailmarketing.locaweb.com.br/accounts/12345/messages/67/clicks/8901/2",
		false, "opaque", NULL, "account=12345 message=67"},
	{"kit",
		"https://tracker.example.net/app-2/"
		"lnk.php?id=312c322c616e6e406578616d706c652e6f72672c33",
		false, "opaque", NULL, ""},
	{"dynamics",
		"https://public-eur.mkt.dynamics.com/api/orgs/01234567-89ab-cdef-0123-456789abcdef/"
		"r/"
		"AbCdEf012345?target=%7B%22TargetUrl%22%3A%20%22https%3A%2F%2Fwww.example.com%"
		"2Flanding%3Fx%3D1%22%2C%20%22RedirectOptions%22%3A%20%7B%7D%7D",
		false, "param target | percent | json TargetUrl",
		"https://www.example.com/landing?x=1", ""},
};

static struct draft *propose(
	const struct ruleset *ruleset, const char *esp, const char *text, bool branded)
{
	struct url *url = url_parse(text, strlen(text), NULL);

	assert_non_null(url);
	struct draft *draft = draft_propose(ruleset, esp, url, branded);
	url_free(url);
	return draft;
}

static void fail_with(const struct problems *problems, const char *yaml)
{
	for (guint i = 0; i < problems->list->len; i++) {
		g_autofree char *text = problem_text(problems->list->pdata[i]);

		print_error("%s\n", text);
	}
	if (problems_count(problems))
		fail_msg("%s", yaml);
}

/* The rule as a file holds it, tested among the rules of `ruleset`. */
static struct matcher *checked(const struct ruleset *ruleset, const struct rule *rule)
{
	struct problems *problems = problems_new();
	g_autofree char *yaml = rule_write(rule), *path = rule_path(rule->id);
	struct rule *read = rule_read(yaml, strlen(yaml), path, problems);

	fail_with(problems, yaml);
	struct ruleset *with = ruleset_with(ruleset, read, NULL);
	struct matcher *matcher = matcher_new(with);
	matcher_check(matcher, rule->id, problems);
	fail_with(problems, yaml);
	problems_free(problems);
	ruleset_unref(with);
	rule_free(read);
	return matcher;
}

static void assert_fields(const struct match *match, const char *wanted)
{
	g_auto(GStrv) pairs = g_strsplit(wanted, " ", -1);

	for (guint i = 0; pairs[i]; i++) {
		g_auto(GStrv) pair = g_strsplit(pairs[i], "=", 2);

		assert_non_null(match_field(match, pair[0]));
		assert_string_equal(match_field(match, pair[0]), pair[1]);
	}
}

static void assert_sample(const struct sample *sample)
{
	struct draft *draft = propose(NULL, sample->esp, sample->url, sample->branded);
	g_autofree char *decode = rule_pipeline_text(draft->rule->decode);
	struct matcher *matcher = checked(NULL, draft->rule);
	struct url *url = url_parse(sample->url, strlen(sample->url), NULL);
	struct match *match = matcher_match(matcher, url);

	assert_string_equal(decode, sample->decode);
	assert_non_null(match);
	if (sample->next)
		assert_string_equal(match->next, sample->next);
	else
		assert_null(match->next);
	assert_fields(match, sample->fields);
	assert_int_equal(draft->rule->hosts->len, !sample->branded);
	assert_int_equal(draft->rule->matches->len, 1);
	assert_int_equal(draft->rule->no_matches->len, 1);
	match_free(match);
	url_free(url);
	matcher_unref(matcher);
	draft_free(draft);
}

static void test_samples(void **state)
{
	(void)state;
	for (size_t i = 0; i < G_N_ELEMENTS(samples); i++)
		assert_sample(&samples[i]);
}

static void assert_pattern(const char *url, const char *pattern)
{
	struct draft *draft = propose(NULL, "acme", url, true);

	assert_string_equal(draft->rule->path, pattern);
	matcher_unref(checked(NULL, draft->rule));
	draft_free(draft);
}

static void test_path_varies(void **state)
{
	(void)state;
	assert_pattern("https://t.example.com/track/click/30000001", "^/track/click/(?<_id>\\d+)$");
	assert_pattern("https://t.example.com/link/01234567-89ab-cdef-0123-456789abcdef",
		"^/link/(?<link>[0-9A-Fa-f-]{36})$");
	assert_pattern("https://t.example.com/r/0123456789abcdef0123456789abcdef",
		"^/r/(?<_id>[0-9a-f]+)$");
	assert_pattern("https://t.example.com/index.php/a+b/", "^/index\\.php/(?<_id>[^/]+)/$");
	assert_pattern("https://t.example.com/c/AbCdEf12/click/9",
		"^/c/(?<_id>[\\w-]+)/click/(?<_id2>\\d+)$");
	assert_pattern("https://t.example.com/", "^/$");
}

/* Another URL of the same shape is explained by the draft, one of another shape is not. */
static void test_draft_generalises(void **state)
{
	static const char other[] = "https://y.list-manage.com/track/click?u=ffff&id=aaaa&e=bbbb";
	static const char open[] = "https://y.list-manage.com/track/open.php?u=ffff&id=aaaa&e=bbbb";
	struct draft *draft = propose(NULL, "mailchimp",
		"https://x.us1.list-manage.com/track/click?u=0123&id=4567&e=89ab", false);
	struct matcher *matcher = checked(NULL, draft->rule);
	struct url *yes = url_parse(other, strlen(other), NULL);
	struct url *no = url_parse(open, strlen(open), NULL);

	(void)state;
	assert_non_null(matcher_find(matcher, yes));
	assert_null(matcher_find(matcher, no));
	url_free(yes);
	url_free(no);
	matcher_unref(matcher);
	draft_free(draft);
}

static void test_ids_are_free(void **state)
{
	static const char url[] = "https://a.mailer.example/track/click?x=1";
	struct draft *first = propose(NULL, "acme", url, false);
	struct ruleset *ruleset = ruleset_with(NULL, first->rule, NULL);
	struct draft *second = propose(ruleset, "acme", url, false);

	(void)state;
	assert_string_equal(first->rule->id, "acme/track-click");
	assert_string_equal(second->rule->id, "acme/track-click-2");
	ruleset_unref(ruleset);
	draft_free(first);
	draft_free(second);
}

/* A rule that claims the URL is outdone by the whole host. */
static void test_beats_another_rule(void **state)
{
	static const char url[] = "https://click.mailer.example.com/track/click?x=1&y=2";
	struct draft *other = propose(NULL, "aaa", url, false);
	struct ruleset *ruleset = ruleset_with(NULL, other->rule, NULL);
	struct draft *draft = propose(ruleset, "acme", url, false);

	(void)state;
	assert_string_equal(other->rule->hosts->pdata[0], "example.com");
	assert_string_equal(draft->rule->hosts->pdata[0], "click.mailer.example.com");
	matcher_unref(checked(ruleset, draft->rule));
	ruleset_unref(ruleset);
	draft_free(other);
	draft_free(draft);
}

/* The tracker's own pages (its unsubscribe form) are candidates, not the destination. */
static void test_own_site_is_no_destination(void **state)
{
	struct draft *draft = propose(NULL, "acme",
		"https://click.example.com/go?id=7&back=https%3A%2F%2Fwww.example.com%2F", false);

	(void)state;
	assert_int_equal(draft->rule->decode->len, 0);
	assert_int_equal(draft->decodings->len, 1);
	draft_free(draft);
}

static void test_decodings_likeliest_first(void **state)
{
	struct draft *draft = propose(NULL, "acme",
		"https://click.example.net/go?a=https%3A%2F%2Fwww.example.com%2Fdeep"
		"&b=aHR0cHM6Ly93d3cuZXhhbXBsZS5vcmcv",
		false);

	(void)state;
	assert_int_equal(draft->decodings->len, 2);
	const struct draft_decoding *best = draft->decodings->pdata[0],
				    *next = draft->decodings->pdata[1];
	assert_true(best->score >= next->score);
	assert_string_equal(best->yields, "https://www.example.com/deep");
	assert_string_equal(next->yields, "https://www.example.org/");
	draft_free(draft);
}

/* Hostile input: work is bounded, the rule still stands. */
static void test_hostile_urls(void **state)
{
	g_autoptr(GString) params = g_string_new("https://t.example.com/go?");
	g_autoptr(GString) path = g_string_new("https://t.example.com/");
	gint64 start = g_get_monotonic_time();

	(void)state;
	for (unsigned i = 0; i < 2000; i++) {
		g_string_append_printf(params, "k%u=eyJhIjp7ImIiOiJhSFIwY0hNIn19%u&", i % 300, i);
		g_string_append_printf(path, "%x%%2F/", i * 7919);
	}
	struct draft *many = propose(NULL, "acme", params->str, true);
	struct draft *deep = propose(NULL, "acme", path->str, false);
	matcher_unref(checked(NULL, many->rule));
	matcher_unref(checked(NULL, deep->rule));
	draft_free(many);
	draft_free(deep);
	assert_true(g_get_monotonic_time() - start < 20 * G_USEC_PER_SEC);
}

static void test_no_host(void **state)
{
	struct draft *draft = propose(NULL, "acme", "mailto:ann@example.com", false);

	(void)state;
	assert_int_equal(draft->rule->hosts->len, 0);
	draft_free(draft);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_samples),
		cmocka_unit_test(test_path_varies),
		cmocka_unit_test(test_draft_generalises),
		cmocka_unit_test(test_ids_are_free),
		cmocka_unit_test(test_beats_another_rule),
		cmocka_unit_test(test_own_site_is_no_destination),
		cmocka_unit_test(test_decodings_likeliest_first),
		cmocka_unit_test(test_hostile_urls),
		cmocka_unit_test(test_no_host),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
