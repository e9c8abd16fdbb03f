/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Redaction: identities in every form that is promised, one within the other, leave nothing behind;
 * and text without them stays as it is. The encoders are the tests' own.
 */
#include "rules/domain.h"
#include "tests/unit/encoding.h"
#include "tui/report/redact.h"

#define TRAP "honeypot.7@trap.example"

/* ---- what must hold ---- */

/* No four bytes of the secret in a row are left, but for what stands around it. */
static void assert_nothing_left(
	const char *result, const char *secret, const char *around, const char *how)
{
	g_auto(GStrv) pieces = g_strsplit(result, REDACTED, -1);
	g_autofree char *left = g_strjoinv("\x01", pieces);
	size_t len = strlen(secret), window = MIN(len, 4);

	for (size_t i = 0; i + window <= len; i++) {
		g_autofree char *part = g_strndup(secret + i, window);

		if (strstr(left, part) && !strstr(around, part))
			fail_msg("%s: \"%s\" of \"%s\" is left in \"%s\"", how, part, secret,
				result);
	}
}

static struct identities *identities_of(const char *list)
{
	struct identities *identities = identities_new();
	g_autofree char *bad = identities_add_list(identities, list);

	if (bad)
		fail_msg("%s is no identity", bad);
	return identities;
}

static void assert_gone(const struct identities *identities, const char *before, const char *secret,
	const char *after, const char *how)
{
	g_autofree char *text = g_strconcat(before, secret, after, NULL);
	g_autofree char *around = g_strconcat(before, "\n", after, NULL);
	g_autofree char *found = redact_find(identities, span_from(text), REDACT_SURE);
	GString *result = redact_bytes(identities, span_from(text), REDACT_GUESSES);

	if (!found)
		fail_msg("%s: \"%s\" is not found", how, text);
	if (!result)
		fail_msg("%s: \"%s\" could not be made clean", how, text);
	assert_nothing_left(result->str, secret, around, how);
	g_autofree char *again = redact_find(identities, span_from_string(result), REDACT_GUESSES);
	if (again)
		fail_msg("%s: \"%s\" is found in \"%s\"", how, again, result->str);
	/* What stands around it stays. */
	if (!g_str_has_prefix(result->str, "Go to ") || !g_str_has_suffix(result->str, " today"))
		fail_msg("%s: \"%s\" was cut to \"%s\"", how, text, result->str);
	g_string_free(result, TRUE);
}

/* ---- forms ---- */

static void finds_every_form(void **state)
{
	struct identities *identities = identities_of(TRAP);

	(void)state;
	for (size_t i = 0; i < G_N_ELEMENTS(forms); i++) {
		g_autofree char *secret = forms[i].encode(TRAP);

		assert_gone(identities, "Go to https://t.example/?c=5&e=", secret, "&k=9 today",
			forms[i].name);
		assert_gone(identities, "Go to \"", secret, "\" today", forms[i].name);
		assert_gone(identities, "Go to https://t.example/c/", secret, "/7 today",
			forms[i].name);
	}
	identities_free(identities);
}

static void finds_forms_of_forms(void **state)
{
	struct identities *identities = identities_of(TRAP);

	(void)state;
	for (size_t i = 0; i < G_N_ELEMENTS(layers); i++)
		for (size_t n = 0; n < G_N_ELEMENTS(forms); n++) {
			g_autofree char *inner = forms[n].encode(TRAP);

			/* The layers take bytes for characters. */
			if (!g_str_is_ascii(inner))
				continue;
			g_autofree char *secret = layers[i].encode(inner);
			g_autofree char *how =
				g_strdup_printf("%s of %s", layers[i].name, forms[n].name);

			assert_gone(
				identities, "Go to https://t.example/?e=", secret, "&k today", how);
		}
	identities_free(identities);
}

static void finds_what_is_encoded_backwards(void **state)
{
	static const encode_fn ways[] = {reversed, rot13};
	struct identities *identities = identities_of(TRAP);

	(void)state;
	for (size_t i = 0; i < G_N_ELEMENTS(ways); i++) {
		g_autofree char *token = base64(TRAP);
		g_autofree char *outside = ways[i](token);
		g_autofree char *turned = ways[i](TRAP);
		g_autofree char *inside = base64(turned);

		assert_gone(identities, "Go to ", outside, " today", "of base64");
		assert_gone(identities, "Go to ", inside, " today", "in base64");
	}
	identities_free(identities);
}

/* An address in the middle of a token begins at any bit of it. */
static void finds_every_alignment(void **state)
{
	static const struct {
		encode_fn encode;
		unsigned bits;
	} ways[] = {{base64, 6}, {base64url, 6}, {hex, 4}, {base32, 5}};
	struct identities *identities = identities_of(TRAP);

	(void)state;
	for (size_t way = 0; way < G_N_ELEMENTS(ways); way++)
		for (size_t shift = 0; shift < 9; shift++) {
			g_autofree char *before = g_strnfill(shift, ' ');
			g_autofree char *text = g_strdup_printf("%s" TRAP "        ", before);
			g_autofree char *token = ways[way].encode(text);
			size_t bits = ways[way].bits;
			size_t from = (shift * 8 + bits - 1) / bits,
			       to = (shift + strlen(TRAP)) * 8 / bits;
			g_autofree char *secret = g_strndup(token + from, to - from);
			g_autofree char *link =
				g_strdup_printf("Go to https://t.example/%s today", token);
			GString *result = redact_bytes(identities, span_from(link), REDACT_SURE);

			assert_non_null(result);
			assert_nothing_left(result->str, secret, "", "shifted");
			g_string_free(result, TRUE);
		}
	identities_free(identities);
}

/* A few layers at random. */
static void finds_what_is_deep(void **state)
{
	g_autoptr(GRand) rand = g_rand_new_with_seed(7);
	struct identities *identities = identities_of(TRAP);

	(void)state;
	for (int i = 0; i < 150; i++) {
		char *secret = g_strdup(TRAP);
		GString *how = g_string_new("random");

		for (int n = g_rand_int_range(rand, 1, 4); n > 0; n--) {
			const struct encoder *layer =
				&layers[g_rand_int_range(rand, 0, G_N_ELEMENTS(layers))];
			char *next = layer->encode(secret);

			g_string_append_printf(how, " %s", layer->name);
			g_free(secret);
			secret = next;
		}
		assert_gone(identities, "Go to https://t.example/", secret, "/7 today", how->str);
		g_string_free(how, TRUE);
		g_free(secret);
	}
	identities_free(identities);
}

/* ---- what identities are ---- */

static void finds_whole_domains(void **state)
{
	static const char *const texts[] = {"anybody.else@trap.example", "x@mail.trap.example",
		"bounce-1=trap.example", "trap.example", "TRAP.Example", "trap[.]example",
		"x%40trap.example", "x-40trap.example", "trap dot example", "trap%2Eexample"};
	struct identities *identities = identities_of("trap.example");

	(void)state;
	for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
		assert_gone(identities, "Go to ", texts[i], " today", texts[i]);
		g_autofree char *token = base64(texts[i]);
		assert_gone(identities, "Go to ", token, " today", texts[i]);
	}
	identities_free(identities);
}

static void finds_local_parts(void **state)
{
	struct identities *identities = identities_of("honeypot.7@, spam4711");

	(void)state;
	assert_gone(identities, "Go to <", "honeypot.7", "@any.example> today", "local part");
	assert_gone(identities, "Go to <", "spam4711", "@any.example> today", "word");
	assert_gone(identities, "Go to ?u=", "c3BhbTQ3MTE=", " today", "word in base64");
	assert_gone(identities, "Go to ", "spam4711", "=else.example today", "VERP");
	identities_free(identities);
}

static void finds_internationalised_addresses(void **state)
{
	static const char *const texts[] = {"fänger@fäl-le.example", "FÄNGER@FÄL-LE.example",
		"fänger@xn--fl-le-gra.example", "f%C3%A4nger%40f%C3%A4l-le.example",
		"f%E4nger@f%E4l-le.example", "fa\xCC\x88nger@fa\xCC\x88l-le.example"};
	g_autofree char *ascii = domain_to_ascii(span_from("fäl-le.example"));
	struct identities *identities = identities_of("fänger@fäl-le.example");

	(void)state;
	assert_non_null(ascii);
	g_autofree char *puny = g_strdup_printf("fänger@%s", ascii);
	g_autofree char *token = base64(puny);
	g_autofree char *sum = sha256(puny);
	assert_gone(identities, "Go to ", puny, " today", "Punycode");
	assert_gone(identities, "Go to ", token, " today", "Punycode in base64");
	assert_gone(identities, "Go to ", sum, " today", "digest of Punycode");
	for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
		if (i == 2)
			continue;
		g_autofree char *text = g_strdup_printf("Go to %s today", texts[i]);
		GString *result = redact_bytes(identities, span_from(text), REDACT_SURE);

		assert_string_equal(result->str, "Go to REDACTED today");
		g_string_free(result, TRUE);
	}
	identities_free(identities);
}

static void finds_tagged_addresses(void **state)
{
	struct identities *identities = identities_of("ed+news@trap.example");

	(void)state;
	assert_gone(identities, "Go to ", "ed+news@trap.example", " today", "tagged");
	assert_gone(identities, "Go to ", "ed@trap.example", " today", "without its tag");
	assert_gone(identities, "Go to ", "ed=trap.example", " today", "VERP");
	identities_free(identities);
}

/* Words where they stand alone, if they are none that everybody writes. */
static void guesses_names_of_recipients(void **state)
{
	static const char text[] =
		"To: \"Ada Lovelace\" <honeypot.7@trap.example>\n"
		"X-Envelope-To: <info@second.example>\n"
		"Received: from a.example (a.example [192.0.2.1]) by mx.example\n"
		" for <third@trap.example>; Tue, 1 Sep 2026 12:00:00 +0000\n"
		"Reply-To: answers@spam.example\n\nDear honeypot.7\n";
	struct message *message = message_parse(text, strlen(text), NULL, NULL);
	struct identities *identities = identities_new();

	(void)state;
	identities_add_recipients(identities, message);
	assert_int_equal(identities_count(identities), 3);
	g_autofree char *greeting =
		redact_text(identities, "Dear Honeypot.7, dear ADA LOVELACE, dear honeypots, "
					"info@second.example third%40trap.example for info: "
					"answers@spam.example");
	assert_string_equal(greeting, "Dear REDACTED, dear REDACTED, dear honeypots, REDACTED "
				      "REDACTED for info: answers@spam.example");
	g_autofree char *sure = redact_find(identities, span_from("Dear honeypot.7"), REDACT_SURE);
	assert_null(sure);
	identities_free(identities);
	message_free(message);
}

static void refuses_what_is_everywhere(void **state)
{
	static const char *const bad[] = {"a", "", "a.b", "x@", "@", "a@b."};
	struct identities *identities = identities_new();

	(void)state;
	for (size_t i = 0; i < 4; i++)
		assert_false(identities_add(identities, bad[i]));
	g_autofree char *first = identities_add_list(identities, "fine.example; ab, c");
	assert_string_equal(first, "ab");
	identities_free(identities);
}

/* ---- what stays ---- */

static void leaves_the_rest(void **state)
{
	static const char *const texts[] = {"an example organisation for.traps",
		"https://trap.example.net.invalid/honey", "honeypot77 at another.example",
		"aG9uZXlwb3Q=", "dHJhcA==", "mytrap.example.net",
		"0123456789abcdef0123456789abcdef", "other@example.net, someone@example.com"};
	struct identities *identities = identities_of(TRAP " example.org");

	(void)state;
	for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
		g_autofree char *result = redact_text(identities, texts[i]);

		assert_string_equal(result, texts[i]);
	}
	identities_free(identities);
}

/* Real mail that they are not in does not change. */
static void leaves_mail_without_them(void **state)
{
	struct identities *identities =
		identities_of(TRAP " trap.invalid decoy1@ ab1@bait.invalid");
	GDir *dir = g_dir_open("tests/fixtures/demo/spam", 0, NULL);
	unsigned read = 0;

	(void)state;
	assert_non_null(dir);
	for (const char *name; (name = g_dir_read_name(dir)); read++) {
		g_autofree char *path = g_build_filename("tests/fixtures/demo/spam", name, NULL);
		g_autofree char *bytes = NULL;
		gsize len;

		assert_true(g_file_get_contents(path, &bytes, &len, NULL));
		g_autofree char *found =
			redact_find(identities, (struct span){bytes, len}, REDACT_GUESSES);
		if (found)
			fail_msg("%s: %s", name, found);
	}
	g_dir_close(dir);
	assert_true(read > 20);
	identities_free(identities);
}

/* What cannot be looked through is not let through. */
static void fails_closed(void **state)
{
	struct identities *identities = identities_of(TRAP);
	g_autofree char *large = g_strnfill(REDACT_MAX_SIZE + 1, 'a');
	g_autofree char *found = redact_find(identities, span_from(large), REDACT_SURE);
	g_autofree char *text = redact_text(identities, large);

	(void)state;
	assert_non_null(found);
	assert_null(redact_bytes(identities, span_from(large), REDACT_SURE));
	assert_string_equal(text, REDACTED);
	identities_free(identities);
}

/* ---- URLs ---- */

static const char rule_text[] =
	"id: acme/click\nesp: acme\nstatus: stable\nsummary: Acme\nmatch:\n  hosts:\n"
	"    - acme.example\n  path: '^/c/(?<account>\\d+)/(?<campaign>\\w+)/(?<recipient>\\w+)$'\n"
	"decode: opaque\nreferences:\n  - seen in the wild\ntests:\n  match:\n"
	"    - url: https://acme.example/c/1/a/b\n      next: opaque\n  no_match:\n"
	"    - https://acme.example/\n";

static struct matcher *acme(void)
{
	struct problems *problems = problems_new();
	struct rule *rule =
		rule_read(rule_text, strlen(rule_text), "trackers/acme/click.yaml", problems);
	struct matcher *matcher;

	if (!rule)
		fail_msg("%s", problem_text(problems->list->pdata[0]));
	struct ruleset *ruleset = ruleset_with(NULL, rule, NULL);
	matcher = matcher_new(ruleset);
	ruleset_unref(ruleset);
	rule_free(rule);
	problems_free(problems);
	return matcher;
}

static void redacts_recipients_of_urls(void **state)
{
	struct matcher *matcher = acme();
	struct url *url = url_parse("https://acme.example/c/17/spring/7", 34, NULL);
	struct url *longer =
		url_parse("https://acme.example/c/17/spring/Ab3dE5gH7jKlMnOpQ", 50, NULL);
	struct identities *identities = identities_new();

	(void)state;
	identities_add_url(identities, matcher, url, false);
	identities_add_url(identities, matcher, longer, false);
	g_autofree char *result = redact_text(identities,
		"https://acme.example/c/17/spring/7 "
		"https://acme.example/c/17/spring/Ab3dE5gH7jKlMnOpQ "
		"https://other.example/7 "
		"https://wrap.example/?u=https%3A%2F%2Facme.example%2Fc%2F17"
		"%2Fspring%2F7");
	assert_string_equal(result, "https://acme.example/c/17/spring/REDACTED "
				    "https://acme.example/c/17/spring/REDACTED "
				    "https://other.example/7 "
				    "https://wrap.example/?u=https%3A%2F%2Facme.example%2Fc%2F17"
				    "%2Fspring%2FREDACTED");
	identities_free(identities);
	url_free(url);
	url_free(longer);
	matcher_unref(matcher);
}

static void redacts_tokens_on_demand(void **state)
{
	static const char href[] = "https://acme.example/c/1234567890123456/spring/Ab3?t="
				   "0123456789abcdefghij&c=8";
	struct matcher *matcher = acme();
	struct url *url = url_parse(href, strlen(href), NULL);
	struct identities *identities = identities_new();

	(void)state;
	identities_add_url(identities, matcher, url, true);
	g_autofree char *result = redact_text(identities, href);
	/* The account is as long, but it is what the report is about. */
	assert_string_equal(result, "https://acme.example/c/1234567890123456/spring/REDACTED?t="
				    "REDACTED&c=8");
	identities_free(identities);
	url_free(url);
	matcher_unref(matcher);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_every_form),
		cmocka_unit_test(finds_forms_of_forms),
		cmocka_unit_test(finds_what_is_encoded_backwards),
		cmocka_unit_test(finds_every_alignment),
		cmocka_unit_test(finds_what_is_deep),
		cmocka_unit_test(finds_whole_domains),
		cmocka_unit_test(finds_local_parts),
		cmocka_unit_test(finds_internationalised_addresses),
		cmocka_unit_test(finds_tagged_addresses),
		cmocka_unit_test(guesses_names_of_recipients),
		cmocka_unit_test(refuses_what_is_everywhere),
		cmocka_unit_test(leaves_the_rest),
		cmocka_unit_test(leaves_mail_without_them),
		cmocka_unit_test(fails_closed),
		cmocka_unit_test(redacts_recipients_of_urls),
		cmocka_unit_test(redacts_tokens_on_demand),
	};

	message_library_init();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
