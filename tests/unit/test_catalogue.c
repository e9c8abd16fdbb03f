/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The catalogue that is shipped: it loads without a problem, every rule passes its own tests and is
 * tested enough, every file is in canonical form. Runs from the root of the sources.
 */
#include "rules/chain.h"
#include "rules/matcher.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define CATALOGUE "rules/catalogue"

static const char *const required[] = {
	"acoustic/click",
	"activecampaign/click",
	"amazon-ses/click",
	"amazon-ses/click-branded",
	"beehiiv/click",
	"benchmark/click",
	"bing/click",
	"bitly/link",
	"brevo/click",
	"cleverreach/click",
	"constant-contact/click",
	"customerio/click",
	"dotdigital/click",
	"dynamics-365/click",
	"elastic-email/click",
	"emarsys/click",
	"epsilon/click",
	"google/adclick",
	"google/amp",
	"google/url",
	"govdelivery/click",
	"hubspot/click",
	"icontact/click",
	"intercom/click",
	"is-gd/link",
	"klaviyo/click",
	"linkedin/lnkd",
	"mailchimp/click",
	"mailgun/click",
	"mailjet/click",
	"mandrill/click",
	"omnisend/click",
	"outreach/click",
	"postmark/click",
	"resend/click",
	"safelinks/url",
	"sailthru/click",
	"salesforce-mc/click",
	"sendgrid/click",
	"sendgrid/click-branded",
	"sendsay/click",
	"sparkpost/click",
	"substack/click",
	"symantec-clicktime/url",
	"t-co/link",
	"tinyurl/link",
	"unisender/click",
	"urldefense/v1",
	"urldefense/v2",
	"urldefense/v3",
	"wix/click",
	"yesware/click",
	"zoho/click",
};

/* Links of ordinary web sites, some close to the shape of a tracker: no rule may explain them. */
static const char *const ordinary[] = {
	"https://www.example.com/",
	"https://www.example.com/?qs=tea&page=2",
	"https://www.example.com/track/click?id=7",
	"https://www.example.com/track/1234567890",
	"https://www.example.com/click/here",
	"https://www.example.com/c/electronics",
	"https://www.example.com/f/a/q",
	"https://www.example.com/l/de/shop",
	"https://www.example.com/r/programming/m/1",
	"https://www.example.com/u/someone/posts",
	"https://www.example.com/ls/click?upn=1",
	"https://www.example.com/unsubscribe?email=user%40example.com",
	"https://www.example.com/unsubscribe.php?id=7",
	"https://www.example.com/link.php?id=7",
	"https://www.example.com/open.aspx?id=7",
	"https://www.example.com/redirect?url=https%3A%2F%2Fwww.example.org%2F",
	"https://www.example.com/ANNUAL2024overview-of-our-products-and-services",
	"https://www.example.com/blog/2024/4-things-to-know-about-100-years-of-print-9",
	"https://www.example.com/9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
	"https://www.example.com/email/redirect?r=home",
	"https://www.example.com/r/0a1b2c3d",
	"https://www.example.com/r/rust/comments/0a1b2c3d4e5f",
	"https://www.example.com/link/0f1e2d3c-4b5a-4c6d-8e7f-0a1b2c3d4e5f",
	"https://www.example.com/campaign/summer/2024",
	"https://www.example.com/campaigns/open-days/web-view",
	"https://www.example.com/links/partners/catalogue/textiles/cottons",
	"https://www.example.com/people/ChristopherNolan",
	"https://www.example.com/img/people/ChristopherNolan.jpg",
	"https://www.example.com/p/aHR0cHM/comments",
	"https://www.example.com/subscription/form",
	"https://www.example.com/lists/?p=subscribe&id=1",
	"https://www.example.com/go.php?url=https%3A%2F%2Fwww.example.org%2F",
	"https://www.example.com/index.php?search=tea&page=2",
	"https://www.example.com/index.php?entryPoint=download&id=7",
	"https://www.example.com/index.php?option=com_content&task=view&id=7",
	"https://www.example.com/?es=mx&hash=top",
	"https://www.example.com/?action=click&data=7",
	"https://www.example.com/media/0f1e2d3c4b5a4c6d8e7f.png",
	"https://www.example.com/SHOP2024/SALE2024/",
	"https://www.example.com/page.html#4-things-to-know",
	"https://www.example.com/r.html?uid=7",
	"https://www.example.com/t/how-to-write-a-rule/12345",
	"https://www.google.com/search?q=example",
	"https://www.linkedin.com/in/someone/",
	"https://www.youtube.com/watch?v=00000000000",
	"https://www.example.com/c/abc/summer/sandals/article/"
	"1234567890?t=https%3A%2F%2Fwww.example.org%2F",
	"https://www.example.com/unsubscribe/newsletter/1234567890?email=user%40example.com",
	"https://www.example.com/track?a=open&mid=1",
	"https://www.example.com/track?a=click&redir=http%3A%2F%2Fwww.example.org%2F",
	"https://www.example.com/go/13/index.html",
	"https://www.example.com/go/news/246",
	"https://www.example.com/T/v1/a/b",
	"https://www.example.com/o/2024/hello",
	"https://www.example.com/e/t?q=shoes",
	"https://www.example.com/t?c=1&r=2",
	"https://www.example.com/imp?s=1&p=2",
	"https://www.example.com/?xol=1&eih=2",
	"https://www.example.com/oc/spring",
	"https://www.example.com/img/2024/logo.gif",
	"https://www.example.com/im/1234567/photo.png?e=1",
	"https://www.example.com/lt.php?x=1",
	"https://www.example.com/box.php?c=1&m=2",
	"https://www.example.com/proc.php?act=unsub",
	"https://www.example.com/vtrack?a=26548",
	"https://www.example.com/SHOP?id=1234567",
	"https://www.example.com/api/orgs/7/r/8",
	"https://www.example.com/acton/fs/blocks/showLandingPage/a/1/p/p-0001",
	"https://www.example.com/so/news/c?w=1",
	"https://www.example.com/a/12/open/house",
	"https://www.example.com/AQUARIUM/c/AQUARELLE",
	"https://www.example.com/link.asp?finalurl=https%3A%2F%2Fwww.example.org%2F",
	"https://www.example.com/redirect/redirect.aspx?url=http%3A%2F%2Fwww.example.org%2F",
	"https://www.example.com/login.aspx?redirect=https%3A%2F%2Fwww.example.org%2F",
};

/* Trackers within trackers, as abuse nests them; encoded once too often, or with `&amp;` left. */
static const struct {
	const char *url;
	const char *rules;   /* one after another */
	const char *landing; /* NULL: the last one is opaque */
} nested[] = {
	{"https://mandrillapp.com/track/click/30000001/www.example.org?p=eyJzIjoiQWJDZEV"
	 "mR2hJaktsTW5PcFFyU3RVdld4WXowIiwidiI6MSwicCI6IntcInVcIjozMDAwMDAwMSxcInZcIjoxL"
	 "FwidXJsXCI6XCJodHRwczpcXC9cXC9jbGljay5wc3RtcmsuaXRcXC8zc1xcL3d3dy5leGFtcGxlLmN"
	 "vbSUyRmElM0ZiJTNEMVxcL0FiQ2RcXC9FZkdoSWpcXC9BUVxcLzBmMWUyZDNjLTRiNWEtNGM2ZC04Z"
	 "TdmLTBhMWIyYzNkNGU1ZlxcLzFcXC9rTG1Ob1BxUnNUXCIsXCJpZFwiOlwiMGYxZTJkM2M0YjVhNGM"
	 "2ZDhlN2YwYTFiMmMzZDRlNWZcIixcInVybF9pZHNcIjpbXCIxYTJiM2M0ZDVlNmY0YTBiOWMxZDJlM"
	 "2Y0YTViNmM3ZDhlOWYwYTFiXCJdfSJ9",
		"mandrill/click postmark/click", "https://www.example.com/a?b=1"},
	{"https://email.mg.example.net/c/eJxNUU2PgjAU_DV4JLSoiQcPfoALWYggQukNC0prCwQwBX_"
	 "9tm6y2eZN3uvkzUzS1lurADdIFnQLLbi0gAVNYGrOWFriYVZTITpemU01Lvi2HsduMOydAV1VomjKn"
	 "nJedJ1JWqGYsS_IU3XC6afb1ucANUop_8za_mHYbmfYx2r23x5raZT5R-ykIoa1XzzHIclWZ-K689W"
	 "O05KXywy10qOSltRbBxdJycFbe81IvCYlSv8Ojjv5wWVSHNbc9O2qfeQPSO2ig9-WX7Ek746gw0bDL"
	 "m3ywqiub2g_4MuK3SDQfH2G3iZIJdX6IouVV6ewF0F2nfExZOHJA3kSs1BES5yUIjg5U858FsDIwkk"
	 "qVJ7K9AER013p3zo_A5IGmTPnTOsjgBMswpMjc8ZZkEUzTkJ9BznDLITal__6ckkRsug9WvTb11D16"
	 "lf-veIP5LeUtg",
		"mailgun/click mandrill/click", "https://www.example.com/a?b=1"},
	{"https://abcd1234.r.us-east-1.awstrack.me/L0/https%3A%2F%2Fabcd1234.r.us-east-1"
	 ".awstrack.me%2FL0%2Fhttps%253A%252F%252Fwww.example.com%252Fa%253Fb%253D1%2F1%"
	 "2F0100018d00000000-0f1e2d3c-4b5a-4c6d-8e7f-0a1b2c3d4e5f-000000%2FAbCdEfGhIjKlM"
	 "nOpQrStUvWxYz0%3D350/1/0100018d00000000-0f1e2d3c-4b5a-4c6d-8e7f-0a1b2c3d4e5f-0"
	 "00000/AbCdEfGhIjKlMnOpQrStUvWxYz0=350",
		"amazon-ses/click amazon-ses/click", "https://www.example.com/a?b=1"},
	{"https://www.google.com/url?q=https%253A%252F%252Furldefense.proofpoint.com%252"
	 "Fv2%252Furl%253Fu%253Dhttps-3A__eur01.safelinks.protection.outlook.com_-3Furl-"
	 "3Dhttps-253A-252F-252Fwww.example.com-252Fa-253Fb-253D1-26data-3D05-257C02%252"
	 "6d%253DDwMFaQ%2526c%253Dc1%2526r%253Dr1%2526m%253Dm1%2526s%253Ds1%2526e%253D&s"
	 "a=D",
		"google/url urldefense/v2 safelinks/url", "https://www.example.com/a?b=1"},
	{"https://www.google.com/url?sa=t&amp;url=https%3A%2F%2Fclicktime.symantec.com%2"
	 "F0Ab1%3Fh%3D1%26amp%3Bu%3Dhttps%253A%252F%252Fwww.example.com%252F%253Fa%253D1"
	 "%2526amp%253Bb%253D2",
		"google/url-search symantec-clicktime/url", "https://www.example.com/?a=1&amp;b=2"},
	{"https://l.facebook.com/l.php?u=https%3A%2F%2Ft.co%2F0Ab1cD2eF3",
		"facebook/link t-co/link", NULL},
	{"https://imgproxy-prod.services.web.outlook.com/proxy/?u=http%3A%2F%2Furl1.exam"
	 "ple.net%2Fwf%2Fopen%3Fupn%3Du001.AbCd-2FEfGhIjKlMnOpQrStUvWxYz0123456789AbCdEf"
	 "GhIjKlMnOpQrStUvWxYz&t=x",
		"outlook-com/image-proxy sendgrid/open", NULL},
	{"https://r.search.yahoo.com/_ylt=A/RU=https%3A%2F%2Fwww.google.de%2Furl%3Fq%3Dh"
	 "ttps%253A%252F%252Fabcd1234.r.us-east-1.awstrack.me%252FL0%252Fhttps%25253A%25"
	 "252F%25252Fwww.example.com%25252Fa%25253Fb%25253D1%252F1%252F0100018d00000000-"
	 "0f1e2d3c-4b5a-4c6d-8e7f-0a1b2c3d4e5f-000000%252FAbCdEfGhIjKlMnOpQrStUvWxYz0%25"
	 "3D350/RK=2/RS=x",
		"yahoo/search google/url amazon-ses/click", "https://www.example.com/a?b=1"},
	{"https://mail.example.net/c/https%3A%2F%2Fduckduckgo.com%2Fl%2F%3Fuddg%3Dhttps%"
	 "253A%252F%252Fwww.example.com%252Fa%253Fb%253D1/nmr_AbCdEfGh/ntl_IjKlMnOp/AbCd"
	 "EfGhIjKlMnOpQrStUvWxYz0123456789abcdefg",
		"keila/click duckduckgo/redirect", "https://www.example.com/a?b=1"},
	{"https://www.youtube.com/redirect?event=a&q=https%25253A%25252F%25252Fwww.examp"
	 "le.com%25252Fa%25253Fb%25253D1",
		"youtube/redirect", "https://www.example.com/a?b=1"},
	{"https://safe.menlosecurity.com/https://www.bing.com/ck/a?!&&p=0a1b&u=a1aHR0cHM"
	 "6Ly93d3cuZXhhbXBsZS5jb20vYT9iPTE&ntb=1",
		"menlo/url bing/click", "https://www.example.com/a?b=1"},
	{"https://www-google-com.translate.goog/amp/s/www.example.com/a?_x_tr_sl=auto&b="
	 "1",
		"google/translate-goog google/amp", "https://www.example.com/a?b=1"},
};

static void fail_on(const struct problems *problems)
{
	if (problems_count(problems) == 0)
		return;
	for (guint i = 0; i < problems->list->len; i++) {
		g_autofree char *text = problem_text(problems->list->pdata[i]);

		print_error("%s\n", text);
	}
	fail_msg("%zu problems", problems_count(problems));
}

static struct ruleset *load(void)
{
	struct problems *problems = problems_new();
	struct ruleset *ruleset = ruleset_load(CATALOGUE, problems, NULL);

	assert_non_null(ruleset);
	fail_on(problems);
	problems_free(problems);
	return ruleset;
}

static void rules_pass_their_tests(void **state)
{
	struct ruleset *ruleset = load();
	struct matcher *matcher = matcher_new(ruleset);
	struct problems *problems = problems_new();

	(void)state;
	assert_true(ruleset_rules(ruleset)->len > 640);
	matcher_check(matcher, NULL, problems);
	fail_on(problems);
	problems_free(problems);
	matcher_unref(matcher);
	ruleset_unref(ruleset);
}

static void rules_are_tested_enough(void **state)
{
	struct ruleset *ruleset = load();
	const GPtrArray *rules = ruleset_rules(ruleset);

	(void)state;
	for (guint i = 0; i < rules->len; i++) {
		const struct rule *rule = rules->pdata[i];

		if (rule->matches->len < 2 || rule->no_matches->len < 1)
			fail_msg("%s: %u match and %u no_match tests", rule->id, rule->matches->len,
				rule->no_matches->len);
		if (!rule->summary || !*rule->summary || strlen(rule->summary) > 100)
			fail_msg("%s: no summary, or a long one", rule->id);
	}
	ruleset_unref(ruleset);
}

static void decoding_rules_show_that_they_decode(void **state)
{
	struct ruleset *ruleset = load();
	const GPtrArray *rules = ruleset_rules(ruleset);

	(void)state;
	for (guint i = 0; i < rules->len; i++) {
		const struct rule *rule = rules->pdata[i];
		unsigned decoded = 0;

		for (guint j = 0; j < rule->matches->len; j++)
			decoded += ((struct rule_test *)rule->matches->pdata[j])->next != NULL;
		if ((rule->decode->len > 0) != (decoded > 0))
			fail_msg("%s: %u tests with a destination", rule->id, decoded);
	}
	ruleset_unref(ruleset);
}

static void check_canonical(char *path, char *text)
{
	g_autofree char *file = g_build_filename(CATALOGUE, path, NULL);
	g_autofree char *found = NULL;
	gsize len;

	assert_true(g_file_get_contents(file, &found, &len, NULL));
	if (strlen(text) != len || memcmp(text, found, len) != 0)
		fail_msg("%s is not in canonical form", file);
	g_free(path);
	g_free(text);
}

static void files_are_canonical(void **state)
{
	struct ruleset *ruleset = load();
	const GPtrArray *rules = ruleset_rules(ruleset), *esps = ruleset_esps(ruleset);

	(void)state;
	for (guint i = 0; i < rules->len; i++) {
		const struct rule *rule = rules->pdata[i];

		check_canonical(rule_path(rule->id), rule_write(rule));
	}
	for (guint i = 0; i < esps->len; i++) {
		const struct esp *esp = esps->pdata[i];

		check_canonical(esp_path(esp->id), esp_write(esp));
	}
	ruleset_unref(ruleset);
}

static void required_rules_are_in_use(void **state)
{
	struct ruleset *ruleset = load();

	(void)state;
	for (size_t i = 0; i < G_N_ELEMENTS(required); i++) {
		const struct rule *rule = ruleset_find_rule(ruleset, required[i]);

		if (!rule || rule->status != RULE_STABLE)
			fail_msg("%s is missing", required[i]);
	}
	ruleset_unref(ruleset);
}

static void providers_have_rules(void **state)
{
	struct ruleset *ruleset = load();
	const GPtrArray *rules = ruleset_rules(ruleset), *esps = ruleset_esps(ruleset);

	(void)state;
	for (guint i = 0; i < esps->len; i++) {
		const struct esp *esp = esps->pdata[i];
		bool found = false;

		for (guint j = 0; j < rules->len && !found; j++)
			found = strcmp(((const struct rule *)rules->pdata[j])->esp, esp->id) == 0;
		if (!found)
			fail_msg("%s has no rule", esp->id);
	}
	ruleset_unref(ruleset);
}

static void every_kind_is_covered(void **state)
{
	static const guint at_least[] = {
		[ESP_ESP] = 150,
		[ESP_MAILER] = 27,
		[ESP_KIT] = 12,
		[ESP_WRAPPER] = 23,
		[ESP_REDIRECTOR] = 60,
		[ESP_SHORTENER] = 80,
	};
	struct ruleset *ruleset = load();
	const GPtrArray *esps = ruleset_esps(ruleset);
	guint found[G_N_ELEMENTS(at_least)] = {0};

	(void)state;
	for (guint i = 0; i < esps->len; i++)
		found[((const struct esp *)esps->pdata[i])->kind]++;
	for (guint i = 0; i < G_N_ELEMENTS(at_least); i++)
		if (found[i] < at_least[i])
			fail_msg("%u providers of kind %s", found[i], esp_kind_name(i));
	ruleset_unref(ruleset);
}

static void ordinary_links_are_left_alone(void **state)
{
	struct ruleset *ruleset = load();
	struct matcher *matcher = matcher_new(ruleset);

	(void)state;
	for (size_t i = 0; i < G_N_ELEMENTS(ordinary); i++) {
		struct url *url = url_parse(ordinary[i], strlen(ordinary[i]), NULL);
		const struct rule *rule;

		assert_non_null(url);
		rule = matcher_find(matcher, url);
		if (rule)
			fail_msg("%s claims %s", rule->id, ordinary[i]);
		url_free(url);
	}
	matcher_unref(matcher);
	ruleset_unref(ruleset);
}

static char *rules_of(const struct chain *chain)
{
	GString *rules = g_string_new(NULL);

	for (guint i = 0; i < chain->hops->len; i++) {
		const struct hop *hop = chain->hops->pdata[i];

		g_string_append_printf(rules, "%s%s", i ? " " : "", hop->match->rule->id);
	}
	return g_string_free(rules, FALSE);
}

static void nested_trackers_decode(void **state)
{
	struct ruleset *ruleset = load();
	struct matcher *matcher = matcher_new(ruleset);

	(void)state;
	for (size_t i = 0; i < G_N_ELEMENTS(nested); i++) {
		struct url *url = url_parse(nested[i].url, strlen(nested[i].url), NULL);
		struct chain *chain = chain_follow(matcher, url);
		g_autofree char *rules = rules_of(chain);

		assert_string_equal(rules, nested[i].rules);
		assert_int_equal(chain->end, nested[i].landing ? CHAIN_LANDING : CHAIN_OPAQUE);
		if (nested[i].landing)
			assert_string_equal(chain->landing, nested[i].landing);
		chain_free(chain);
		url_free(url);
	}
	matcher_unref(matcher);
	ruleset_unref(ruleset);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rules_pass_their_tests),
		cmocka_unit_test(rules_are_tested_enough),
		cmocka_unit_test(decoding_rules_show_that_they_decode),
		cmocka_unit_test(files_are_canonical),
		cmocka_unit_test(required_rules_are_in_use),
		cmocka_unit_test(providers_have_rules),
		cmocka_unit_test(every_kind_is_covered),
		cmocka_unit_test(ordinary_links_are_left_alone),
		cmocka_unit_test(nested_trackers_decode),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
