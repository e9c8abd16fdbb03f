/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The writers of exports: small rulesets against the files of tests/fixtures/export, rules that
 * want to break out of them, and what is left out. Runs from the root of the sources. With
 * ESPIAL_GOLDEN=write in the environment the files are made anew, to be looked at.
 */
#include "rules/export/writer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>
#include <glib/gstdio.h>
#include <jansson.h>

#define GOLDEN "tests/fixtures/export"

/* ---- a ruleset ---- */

static struct rule *read_rule(const char *yaml)
{
	struct problems *problems = problems_new();
	struct rule *rule = rule_read(yaml, strlen(yaml), NULL, problems);

	if (!rule) {
		g_autofree char *text = problem_text(problems->list->pdata[0]);
		fail_msg("%s: %s", text, yaml);
	}
	problems_free(problems);
	return rule;
}

static struct esp *read_esp(const char *yaml)
{
	struct problems *problems = problems_new();
	struct esp *esp = esp_read(yaml, strlen(yaml), NULL, problems);

	if (!esp) {
		g_autofree char *text = problem_text(problems->list->pdata[0]);
		fail_msg("%s: %s", text, yaml);
	}
	problems_free(problems);
	return esp;
}

/* Takes the ruleset over. */
static struct ruleset *with(struct ruleset *ruleset, const char *rule_yaml, const char *esp_yaml)
{
	struct rule *rule = read_rule(rule_yaml);
	struct esp *esp = esp_yaml ? read_esp(esp_yaml) : NULL;
	struct ruleset *longer = ruleset_with(ruleset, rule, esp);

	esp_free(esp);
	rule_free(rule);
	if (ruleset)
		ruleset_unref(ruleset);
	return longer;
}

#define REST                                                                                   \
	"references:\n  - seen in the wild\ntests:\n  match:\n    - url: %s\n      next: %s\n" \
	"  no_match:\n    - https://www.example.com/\n"

static struct ruleset *add_rule(struct ruleset *ruleset, const char *id, const char *status,
	const char *body, const char *url, const char *next, const char *esp_yaml)
{
	g_autofree char *esp = g_strndup(id, strcspn(id, "/"));
	g_autofree char *yaml = g_strdup_printf(
		"id: %s\nesp: %s\nstatus: %s\n%s" REST, id, esp, status, body, url, next);

	return with(ruleset, yaml, esp_yaml);
}

static const char acme[] =
	"id: sendgrid\nname: 'Acme #1'\nkind: esp\nsending:\n"
	"  rdns:\n    - mail.acme.example\n  dkim:\n    - acme.example\n"
	"  return_path:\n    - bounce.acme.example\n  networks:\n"
	"    - '192.0.2.0/25'\n    - '198.51.100.96/28'\n    - '2001:db8::/32'\n"
	"  headers:\n    - name: X-Acme\n    - name: X-Mailer\n      pattern: '^Acme/\"#'\n";
static const char dark[] = "id: dark\nname: Dark\nkind: esp\n";
static const char kit[] = "id: kit-x\nname: Kit X\nkind: kit\n";
static const char shortener[] = "id: go\nname: Go\nkind: shortener\n";

static struct ruleset *ruleset_new(void)
{
	struct ruleset *ruleset = add_rule(NULL, "sendgrid/click", "stable",
		"summary: Acme click tracking\nmatch:\n  hosts:\n    - t.acme.example\n"
		"  path: ^/c/(?<account>\\d+)$\n  params:\n    u: ''\ndecode:\n  - param: u\n"
		"  - percent\n",
		"https://t.acme.example/c/1?u=https%3A%2F%2Fwww.example.org%2F",
		"https://www.example.org/", acme);

	ruleset = add_rule(ruleset, "sendgrid/open", "stable",
		"match:\n  hosts:\n    - t.acme.example\n  path: ^/o/\ndecode: opaque\n",
		"https://t.acme.example/o/1", "opaque", NULL);
	ruleset = add_rule(ruleset, "dark/click", "draft",
		"match:\n  path: ^/dark$\ndecode: opaque\n", "https://x.example/dark", "opaque",
		dark);
	ruleset =
		add_rule(ruleset, "dark/old", "retired", "match:\n  path: ^/old$\ndecode: opaque\n",
			"https://x.example/old", "opaque", NULL);
	ruleset = add_rule(ruleset, "dark/behind", "stable",
		"match:\n  path: (?<!a)/behind$\ndecode: opaque\n", "https://x.example/behind",
		"opaque", NULL);
	ruleset = add_rule(ruleset, "kit-x/link", "stable",
		"match:\n  path: ^/(?:cl|op)/\\d{2,}\ndecode: opaque\n", "https://x.example/cl/12",
		"opaque", kit);
	return add_rule(ruleset, "go/link", "stable",
		"match:\n  hosts:\n    - go.example\n  path: ^/\\w{4,}$\ndecode: opaque\n",
		"https://go.example/abcd", "opaque", shortener);
}

/* ---- evidence ---- */

static void add_item(
	GPtrArray *items, const char *name, const char *esp, unsigned messages, const char *rule)
{
	struct evidence_item *item = evidence_item_new(name, esp);

	item->messages = messages;
	item->off = messages / 2;
	item->first = 1790000000;
	item->last = 1790000000 + messages * 86400;
	g_ptr_array_add(item->rules, g_strdup(rule));
	g_ptr_array_add(items, item);
}

static const char *const landings[] = {"evil.example.org", "landing.co.uk", "go.example",
	"bounce.acme.example", "192.0.2.7", "co.uk", "mail.example", "docs.example.net",
	"example.net",
	"b\xc3\xbc"
	"ro.example.org",
	"x.invalid-suffix"};

/* In one order or the other. */
static struct evidence *evidence_of(bool reversed)
{
	struct evidence *evidence = evidence_new("tag:tracker", 3, true);
	size_t count = G_N_ELEMENTS(landings);

	for (size_t i = 0; i < count; i++)
		add_item(evidence->landings, landings[reversed ? count - 1 - i : i], NULL, 41,
			"sendgrid/click");
	add_item(evidence->accounts, reversed ? "1002" : "1001", "sendgrid", reversed ? 8 : 7,
		"sendgrid/click");
	add_item(evidence->accounts, reversed ? "1001" : "1002", "sendgrid", reversed ? 7 : 8,
		"sendgrid/click");
	add_item(evidence->accounts, "no\nnumber", "sendgrid", 9, "sendgrid/click");
	add_item(evidence->accounts, "abc", "dark", 5, "dark/click");
	return evidence;
}

/* ---- exporting ---- */

static const char allowed[] = "# Never blocked.\ndocs.example.net\n";

struct exported {
	struct ruleset *ruleset;
	struct trace *trace;
	struct evidence *evidence;
	struct problems *allowed;
	struct allow *allow;
	struct export *export;
};

static struct exported exported_new(
	struct ruleset *ruleset, const char *target, bool evidence, bool reversed, bool drafts)
{
	struct exported all = {.ruleset = ruleset, .allowed = problems_new()};
	struct export_input input = {.ruleset = ruleset, .drafts = drafts};

	all.trace = trace_new("/nonexistent", ruleset, NULL);
	all.allow = allow_new(ruleset);
	struct suffixes *list = suffixes_read(allowed, sizeof(allowed) - 1, "", all.allowed);
	allow_add(all.allow, list, "lists/allowed-domains.txt");
	suffixes_unref(list);
	assert_int_equal(problems_count(all.allowed), 0);
	if (evidence) {
		all.evidence = evidence_of(reversed);
		evidence_settle(all.evidence, all.allow, all.allowed);
	}
	memcpy(input.scores, export_default_scores, sizeof(input.scores));
	input.trace = all.trace;
	input.evidence = all.evidence;
	input.left_out = all.allowed;
	all.export = export_new(export_target_find(target), &input);
	return all;
}

static void exported_clear(struct exported *all)
{
	export_free(all->export);
	evidence_free(all->evidence);
	allow_free(all->allow);
	problems_free(all->allowed);
	trace_free(all->trace);
	ruleset_unref(all->ruleset);
}

static void compare_with_file(const char *target, const struct export_file *file)
{
	g_autofree char *path = g_strdup_printf(GOLDEN "/%s/%s", target, file->name);
	g_autofree char *dir = g_path_get_dirname(path);
	g_autofree char *expected = NULL;

	if (g_strcmp0(g_getenv("ESPIAL_GOLDEN"), "write") == 0) {
		g_mkdir_with_parents(dir, 0777);
		g_file_set_contents(path, file->text->str, (gssize)file->text->len, NULL);
	}
	if (!g_file_get_contents(path, &expected, NULL, NULL))
		fail_msg("%s is missing", path);
	if (strcmp(expected, file->text->str) != 0)
		fail_msg("%s is not what is written now:\n%s", path, file->text->str);
}

static void is_as_in_files(const char *target)
{
	struct exported all = exported_new(ruleset_new(), target, true, false, false);
	struct exported again = exported_new(ruleset_new(), target, true, true, false);
	guint count = all.export->files->len;

	assert_int_equal(count, again.export->files->len);
	for (guint i = 0; i < count; i++) {
		const struct export_file *file = all.export->files->pdata[i];

		compare_with_file(target, file);
		assert_string_equal(file->text->str,
			((const struct export_file *)again.export->files->pdata[i])->text->str);
	}
	exported_clear(&again);
	exported_clear(&all);
}

static void test_files(void **state)
{
	(void)state;
	for (const struct export_target *target = export_targets; target->name; target++)
		is_as_in_files(target->name);
}

static bool said(const struct export *export, const char *line)
{
	for (guint i = 0; i < export->left_out->list->len; i++) {
		g_autofree char *text = problem_text(export->left_out->list->pdata[i]);

		if (strcmp(text, line) == 0)
			return true;
	}
	return false;
}

static void assert_said(const struct export *export, const char *line)
{
	if (!said(export, line))
		fail_msg("it is not said: %s", line);
}

static const char *text_of(const struct export *export, const char *name)
{
	for (guint i = 0; i < export->files->len; i++) {
		const struct export_file *file = export->files->pdata[i];

		if (strcmp(file->name, name) == 0)
			return file->text->str;
	}
	fail_msg("no file %s", name);
	return NULL;
}

static void test_left_out(void **state)
{
	struct exported all = exported_new(ruleset_new(), "spamassassin", true, false, false);

	(void)state;
	assert_said(all.export, "dark/click: it is a draft");
	assert_said(all.export, "dark/old: it is retired");
	assert_said(
		all.export, "dark/behind: no uri rule: the pattern of 'path' has a look-behind");
	assert_said(all.export, "sendgrid: no network 2001:db8::/32: only IPv4 can be said");
	assert_said(all.export, "go.example: not blocked: go.example is of go");
	assert_said(all.export, "bounce.acme.example: not blocked: acme.example is of sendgrid");
	assert_said(all.export,
		"192.0.2.7: not blocked: an address: what blocks domains has no place "
		"for it");
	assert_said(all.export, "co.uk: not blocked: a suffix under which anyone can register");
	assert_said(all.export,
		"example.net: not blocked: docs.example.net is in lists/allowed-domains.txt");
	assert_said(all.export,
		"docs.example.net: not blocked: docs.example.net is in lists/allowed-domains.txt");
	assert_said(all.export,
		"dark: no accounts: no feed of the Esp plugin is known to compare them");
	assert_int_equal(all.evidence->landings->len, 4);
	exported_clear(&all);
	all = exported_new(ruleset_new(), "spamassassin", false, false, true);
	assert_false(said(all.export, "dark/click: it is a draft"));
	assert_non_null(strstr(text_of(all.export, "espial.cf"), "uri      ESPIAL_DARK_CLICK /^"));
	assert_null(strstr(text_of(all.export, "espial.cf"), "ESPIAL_LANDING"));
	exported_clear(&all);
}

/* ---- hostile rules ---- */

#define HOSTILE "a\\n# \\\"'`{}[[]]--]]\\\\\\n*/ %{X} ;uri EVIL /./"

static struct ruleset *hostile_ruleset(void)
{
	g_autoptr(GString) body = g_string_new(NULL);
	static const char esp[] = "id: sendgrid\nname: \"" HOSTILE
				  "\"\nkind: esp\nsending:\n  rdns:\n    - a.example\n"
				  "  headers:\n    - name: \"X\\nscore EVIL 9\"\n    - name: X-Y\n"
				  "      pattern: \"\\n#/\\\"'(?:x)\"\n";

	struct ruleset *ruleset;

	g_string_append(body,
		"summary: \"" HOSTILE "\"\nmatch:\n  path: \"^/x(?:\\n#/\\\"'` {}|)*$\"\n"
		"  params:\n    a: \"^[\\n#/\\\"'` {}]*$\"\n"
		"decode:\n  - param: \"" HOSTILE "\"\n  - after: \"" HOSTILE "\"\n"
		"  - until: \"/\\n#\"\n");
	ruleset = add_rule(NULL, "sendgrid/click", "stable", body->str,
		"https://x.example/x?a=", "opaque", esp);
	return add_rule(ruleset, "sendgrid/name", "stable",
		"match:\n  path: ^/x$\n  params:\n    \"" HOSTILE "\": ''\ndecode: opaque\n",
		"https://x.example/x", "opaque", NULL);
}

/* A file of lines, each a comment or beginning with one of the words. */
static void assert_lines(const char *text, const char *const *words)
{
	g_auto(GStrv) lines = g_strsplit(text, "\n", -1);

	for (unsigned i = 0; lines[i]; i++) {
		bool good = !*lines[i] || *lines[i] == '#';

		for (unsigned j = 0; !good && words[j]; j++)
			good = g_str_has_prefix(lines[i], words[j]);
		if (!good)
			fail_msg("line %u: %s", i + 1, lines[i]);
	}
	assert_true(g_str_is_ascii(text) || g_utf8_validate(text, -1, NULL));
}

static void test_hostile_spamassassin(void **state)
{
	static const char *const words[] = {"uri      ESPIAL_", "describe ESPIAL_",
		"score    ESPIAL_", "header   ", "meta     ", "ifplugin ", "endif", "  header ",
		"  full ", "redirector_pattern /^", "enlist_uri_host (ESPIAL) ", "sendgrid_feed /",
		NULL};
	struct exported all = exported_new(hostile_ruleset(), "spamassassin", true, false, false);
	const char *text = text_of(all.export, "espial.cf");
	g_auto(GStrv) lines = g_strsplit(text, "\n", -1);

	(void)state;
	assert_lines(text, words);
	for (unsigned i = 0; lines[i]; i++)
		for (const char *p = strchr(lines[i], '#'); p && *lines[i] != '#';
			p = strchr(p + 1, '#'))
			assert_int_equal(p[-1], '\\');
	assert_null(strstr(text, "\nuri      EVIL"));
	for (unsigned i = 0; lines[i]; i++)
		assert_true(*lines[i] == '#' || g_str_has_prefix(lines[i], "describe") ||
			    !strstr(lines[i], "%{X"));
	assert_said(all.export, "sendgrid: no header X\nscore EVIL 9: it is no header's name");
	exported_clear(&all);
}

/* Whether every quoted string ends on its line, and nothing but comments is outside. */
static void assert_strings_closed(const char *text, const char *comment)
{
	g_auto(GStrv) lines = g_strsplit(text, "\n", -1);

	for (unsigned i = 0; lines[i]; i++) {
		bool inside = false;

		if (g_str_has_prefix(g_strchug(lines[i]), comment))
			continue;
		for (const char *p = lines[i]; *p; p++) {
			if (*p == '\\' && inside)
				p++;
			else if (*p == '"')
				inside = !inside;
			else if (!inside && (strstr(p, "EVIL") == p || *p == '`' || *p == '%'))
				fail_msg("outside of a string: %s", lines[i]);
		}
		if (inside)
			fail_msg("a string has no end: %s", lines[i]);
	}
}

static void test_hostile_others(void **state)
{
	static const struct {
		const char *target, *file, *comment;
	} files[] = {{"rspamd", "espial.lua", "--"}, {"rspamd", "espial-multimap.conf", "#"},
		{"rspamd", "espial-composites.conf", "#"}, {"sieve", "espial.sieve", "#"},
		{"rpz", "espial.rpz", ";"}, {"hosts", "espial.hosts", "#"}};

	(void)state;
	for (size_t i = 0; i < G_N_ELEMENTS(files); i++) {
		struct exported all =
			exported_new(hostile_ruleset(), files[i].target, true, false, false);

		assert_strings_closed(text_of(all.export, files[i].file), files[i].comment);
		exported_clear(&all);
	}
}

static void test_hostile_json(void **state)
{
	struct exported all = exported_new(hostile_ruleset(), "json", true, false, false);
	json_t *json = json_loads(text_of(all.export, "espial.json"), 0, NULL);
	json_t *rule;

	(void)state;
	assert_non_null(json);
	rule = json_array_get(json_object_get(json, "rules"), 0);
	assert_non_null(
		strstr(json_string_value(json_object_get(rule, "summary")), "\n# \"'`{}[["));
	assert_string_equal(json_string_value(json_object_get(rule, "id")), "sendgrid/click");
	json_decref(json);
	exported_clear(&all);
}

/* ---- parts ---- */

static void test_symbols(void **state)
{
	struct symbols *symbols = symbols_new();
	g_autofree char *first = g_strdup(symbols_get(symbols, "ESPIAL_", "a-b/c"));
	const char *second = symbols_get(symbols, "ESPIAL_", "a/b-c");
	const char *longest = symbols_get(
		symbols, "ESPIAL_", "a-name-that-is-much-too-long-for-this/and-goes-on");

	(void)state;
	assert_string_equal(first, "ESPIAL_A_B_C");
	assert_string_equal(symbols_get(symbols, "ESPIAL_", "a-b/c"), first);
	assert_string_not_equal(second, first);
	assert_true(g_str_has_prefix(second, "ESPIAL_A_B_C_"));
	assert_int_equal(strlen(longest), EXPORT_MAX_SYMBOL);
	symbols_free(symbols);
}

static void test_networks(void **state)
{
	static const struct {
		const char *cidr, *inside, *outside;
	} cases[] = {{"192.0.2.0/24", "192.0.2.255", "192.0.3.0"},
		{"192.0.2.0/25", "192.0.2.127", "192.0.2.128"},
		{"198.51.100.96/28", "198.51.100.111", "198.51.100.112"},
		{"203.0.113.7/32", "203.0.113.7", "203.0.113.70"},
		{"10.128.0.0/9", "10.255.1.2", "10.127.255.255"},
		{"0.0.0.0/0", "1.2.3.4", "x.2.3.4"},
		{"192.0.2.200/29", "192.0.2.207", "192.0.2.199"}};

	(void)state;
	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autoptr(GString) regex = g_string_new("^(?:");

		assert_true(export_network_regex(regex, cases[i].cidr));
		g_string_append(regex, ")$");
		assert_true(g_regex_match_simple(regex->str, cases[i].inside, 0, 0));
		assert_false(g_regex_match_simple(regex->str, cases[i].outside, 0, 0));
	}
	g_autoptr(GString) none = g_string_new(NULL);
	assert_false(export_network_regex(none, "2001:db8::/32"));
	assert_false(export_network_regex(none, "192.0.2.0/33"));
	assert_false(export_network_regex(none, "192.0.2.0"));
}

/* Every network of at least eight bits, against what it means. */
static void test_all_networks(void **state)
{
	(void)state;
	for (unsigned bits = 24; bits <= 32; bits++)
		for (unsigned start = 0; start < 256; start += 1u << (32 - bits)) {
			g_autofree char *cidr = g_strdup_printf("192.0.2.%u/%u", start, bits);
			g_autoptr(GString) text = g_string_new("^(?:");

			assert_true(export_network_regex(text, cidr));
			g_string_append(text, ")$");
			g_autoptr(GRegex) regex = g_regex_new(text->str, 0, 0, NULL);
			for (unsigned i = 0; i < 256; i++) {
				g_autofree char *address = g_strdup_printf("192.0.2.%u", i);

				assert_int_equal(g_regex_match(regex, address, 0, NULL),
					i >= start && i < start + (1u << (32 - bits)));
			}
		}
}

static void test_lines(void **state)
{
	g_autofree char *cut = export_line("one two three", 10),
			*whole = export_line("one\ntwo", 10);
	g_autofree char *solid = export_line("abcdefghijklmnop", 10);

	(void)state;
	assert_string_equal(cut, "one...");
	assert_string_equal(whole, "one two");
	assert_string_equal(solid, "abcdefg...");
}

static void test_allow(void **state)
{
	static const char text[] = "deep.one.example\nxn--bcher-kva.example # two\n";
	struct ruleset *ruleset = ruleset_new();
	struct allow *allow = allow_new(ruleset);
	struct suffixes *list = suffixes_read(text, sizeof(text) - 1, "f", NULL);

	(void)state;
	allow_add(allow, list, "f");
	suffixes_unref(list);
	assert_string_equal(
		allow_find(allow, "a.xn--bcher-kva.example"), "xn--bcher-kva.example is in f");
	assert_string_equal(allow_find(allow, "one.example"), "deep.one.example is in f");
	assert_string_equal(allow_find(allow, "deep.one.example"), "deep.one.example is in f");
	assert_null(allow_find(allow, "other.one.example"));
	assert_null(allow_find(allow, "cher.example"));
	assert_null(allow_find(allow, "kit.example"));
	allow_free(allow);
	ruleset_unref(ruleset);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_files),
		cmocka_unit_test(test_left_out),
		cmocka_unit_test(test_hostile_spamassassin),
		cmocka_unit_test(test_hostile_others),
		cmocka_unit_test(test_hostile_json),
		cmocka_unit_test(test_symbols),
		cmocka_unit_test(test_networks),
		cmocka_unit_test(test_all_networks),
		cmocka_unit_test(test_lines),
		cmocka_unit_test(test_allow),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
