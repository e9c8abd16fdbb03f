/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Directories of rules: what is read, what is reported and left out, what is not looked at; what
 * the tests of rules tell of a whole ruleset; a ruleset with a draft in it.
 */
#include "rules/error.h"
#include "rules/matcher.h"
#include "tests/unit/reading.h"
#include "tests/unit/same.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <unistd.h>

/* ---- directories ---- */

static char *scratch;

static int set_up(void **state)
{
	(void)state;
	scratch = g_dir_make_tmp("espial-ruleset-XXXXXX", NULL);
	return scratch ? 0 : -1;
}

static void remove_tree(const char *path)
{
	GDir *dir = g_file_test(path, G_FILE_TEST_IS_SYMLINK) ? NULL : g_dir_open(path, 0, NULL);

	for (const char *name; dir && (name = g_dir_read_name(dir));) {
		g_autofree char *child = g_build_filename(path, name, NULL);

		remove_tree(child);
	}
	if (dir)
		g_dir_close(dir);
	g_remove(path);
}

static int tear_down(void **state)
{
	(void)state;
	remove_tree(scratch);
	g_free(scratch);
	return 0;
}

/* The path of a file in the scratch ruleset, in a directory that is there; the caller frees it. */
static char *path_of(const char *file)
{
	char *path = g_build_filename(scratch, file, NULL);
	g_autofree char *dir = g_path_get_dirname(path);

	assert_int_equal(g_mkdir_with_parents(dir, 0700), 0);
	return path;
}

static void put(const char *file, const char *text)
{
	g_autofree char *path = path_of(file);

	assert_true(g_file_set_contents(path, text, -1, NULL));
}

static void put_esp(const char *id)
{
	g_autofree char *file = g_strdup_printf("esps/%s.yaml", id);
	g_autofree char *text = g_strdup_printf("id: %s\nname: %s\nkind: esp\n", id, id);

	put(file, text);
}

/* A rule for the links of a host; its tests hold. */
static char *rule_text(const char *id, const char *host)
{
	return g_strdup_printf("id: %s\nesp: %.*s\nstatus: stable\nmatch:\n  hosts:\n    - %s\n"
			       "decode: opaque\nreferences:\n  - seen in the wild\ntests:\n"
			       "  match:\n    - url: https://%s/\n      next: opaque\n"
			       "  no_match:\n    - https://www.example.org/\n",
		id, (int)strcspn(id, "/"), id, host, host);
}

static void put_rule(const char *id, const char *host)
{
	g_autofree char *file = rule_path(id), *text = rule_text(id, host);

	put(file, text);
}

/* Loads the scratch ruleset and compares the problems, one a line. */
static struct ruleset *load(const char *wanted)
{
	struct problems *problems = problems_new();
	GError *error = NULL;
	struct ruleset *ruleset = ruleset_load(scratch, problems, &error);
	g_autofree char *found = problems_text(problems);

	assert_null(error);
	assert_non_null(ruleset);
	assert_string_equal(found, wanted);
	problems_free(problems);
	return ruleset;
}

static void assert_rules(const struct ruleset *ruleset, const char *wanted)
{
	g_autoptr(GString) ids = g_string_new(NULL);

	for (guint i = 0; i < ruleset_rules(ruleset)->len; i++) {
		const struct rule *rule = ruleset_rules(ruleset)->pdata[i];

		g_string_append_printf(ids, "%s%s", i ? " " : "", rule->id);
		assert_ptr_equal(ruleset_find_rule(ruleset, rule->id), rule);
	}
	assert_string_equal(ids->str, wanted);
}

static void assert_esps(const struct ruleset *ruleset, const char *wanted)
{
	g_autoptr(GString) ids = g_string_new(NULL);

	for (guint i = 0; i < ruleset_esps(ruleset)->len; i++) {
		const struct esp *esp = ruleset_esps(ruleset)->pdata[i];

		g_string_append_printf(ids, "%s%s", i ? " " : "", esp->id);
		assert_ptr_equal(ruleset_find_esp(ruleset, esp->id), esp);
	}
	assert_string_equal(ids->str, wanted);
}

/* ---- reading ---- */

static void test_reads_all(void **state)
{
	struct ruleset *ruleset;

	(void)state;
	put_esp("acme");
	put_esp("acme-2");
	put_esp("zeta");
	put_rule("zeta/click", "zeta.example");
	put_rule("acme/open", "open.example.com");
	put_rule("acme/click", "click.example.com");
	put_rule("acme-2/click", "click.example.net");
	ruleset = load("");
	assert_esps(ruleset, "acme acme-2 zeta");
	assert_rules(ruleset, "acme-2/click acme/click acme/open zeta/click");
	assert_null(ruleset_find_rule(ruleset, "acme/none"));
	assert_null(ruleset_find_rule(ruleset, ""));
	assert_null(ruleset_find_esp(ruleset, "acme-"));
	ruleset_unref(ruleset);
}

#define NOT_A_DOMAIN(line)                                                    \
	"lists/abused-tlds.txt:" #line ": not a domain in lower-case ASCII: " \
	"write it as tk or mail.example\n"

static void test_lists(void **state)
{
	const struct suffixes *tlds;
	struct ruleset *ruleset, *with;
	struct rule *rule = rule_new();

	(void)state;
	rule->id = g_strdup("acme/click");
	rule->esp = g_strdup("acme");
	put("lists/abused-tlds.txt", "# cheap\n\ntk\r\n xyz # new\nco.example\ntk\n"
				     "Upper\n.dot\ndot.\na..b\n\x1b[2J\n*\ncaf\xc3\xa9\nwork");
	put("lists/colours.txt", "red\n");
	put("lists/notes.md", "no list");
	ruleset = load(NOT_A_DOMAIN(7) NOT_A_DOMAIN(8) NOT_A_DOMAIN(9) NOT_A_DOMAIN(10)
			NOT_A_DOMAIN(11) NOT_A_DOMAIN(12) NOT_A_DOMAIN(
				13) "lists/colours.txt: no list of that name is known: not read");
	assert_null(ruleset_list(ruleset, RULESET_TRIAL_DOMAINS));
	with = ruleset_with(ruleset, rule, NULL);
	ruleset_unref(ruleset);
	rule_free(rule);
	tlds = ruleset_list(with, RULESET_ABUSED_TLDS);
	assert_int_equal(suffixes_all(tlds)->len, 4);
	assert_true(suffixes_cover(tlds, span_from("tk")));
	assert_true(suffixes_cover(tlds, span_from("a.b.tk.")));
	assert_true(suffixes_cover(tlds, span_from("x.co.example")));
	assert_true(suffixes_cover(tlds, span_from("w.work")));
	assert_false(suffixes_cover(tlds, span_from("example")));
	assert_false(suffixes_cover(tlds, span_from("x.notco.example")));
	assert_false(suffixes_cover(tlds, span_from("atk")));
	assert_false(suffixes_cover(tlds, span_from("")));
	assert_false(suffixes_cover(tlds, span_from(".")));
	assert_false(suffixes_cover(tlds, SPAN_NONE));
	assert_false(suffixes_cover(NULL, span_from("tk")));
	ruleset_unref(with);
}

static void test_nothing_there(void **state)
{
	g_autofree char *none = g_build_filename(scratch, "none", NULL);
	g_autofree char *file = path_of("file");
	const char *const paths[] = {none, file};
	struct ruleset *ruleset = load("");

	(void)state;
	assert_rules(ruleset, "");
	assert_esps(ruleset, "");
	ruleset_unref(ruleset);
	put("file", "");
	for (size_t i = 0; i < G_N_ELEMENTS(paths); i++) {
		struct problems *problems = problems_new();
		GError *error = NULL;

		assert_null(ruleset_load(paths[i], problems, &error));
		assert_true(g_error_matches(error, ESPIAL_ERROR, ESPIAL_ERROR_NOT_FOUND));
		assert_true(g_str_has_prefix(error->message, paths[i]));
		assert_int_equal(problems_count(problems), 0);
		g_error_free(error);
		problems_free(problems);
	}
}

static void test_good_files_survive_bad_ones(void **state)
{
	struct ruleset *ruleset;

	(void)state;
	put_esp("acme");
	put("esps/bad.yaml", "id: bad\nname: Bad\nkind: good\n");
	put("esps/worse.yaml", "\xFF");
	put_rule("acme/click", "click.example.com");
	put_rule("bad/click", "bad.example.com");
	put_rule("none/click", "none.example.com");
	put("trackers/acme/empty.yaml", "");
	put("trackers/acme/half.yaml", "id: acme/half\nesp: acme\nmatch: [\n");
	put("trackers/acme/anchor.yaml", "id: &a acme/anchor\n");
	ruleset = load(
		"esps/bad.yaml:3: 'kind' must be one of: esp, mailer, kit, wrapper, redirector, "
		"shortener\n"
		"esps/worse.yaml:1: not YAML: invalid leading UTF-8 octet\n"
		"trackers/acme/anchor.yaml:1: anchors, aliases and tags are not allowed\n"
		"trackers/acme/empty.yaml:1: the file is empty\n"
		"trackers/acme/half.yaml:4: not YAML: did not find expected node content\n"
		"trackers/bad/click.yaml: there is no esps/bad.yaml\n"
		"trackers/none/click.yaml: there is no esps/none.yaml");
	assert_esps(ruleset, "acme");
	assert_rules(ruleset, "acme/click");
	ruleset_unref(ruleset);
}

static void test_files_of_others(void **state)
{
	struct ruleset *ruleset;

	(void)state;
	put_esp("acme");
	put_rule("acme/click", "click.example.com");
	put("README.md", "rules");
	put("rule.yaml", "not read");
	put("esps/README", "not read");
	put("esps/acme.yml", "not read");
	put("esps/.acme.yaml", "not read");
	put("esps/acme.yaml~", "not read");
	put("esps/sub/acme.yaml", "not read");
	put("trackers/click.yaml", "not read");
	put("trackers/.git/click.yaml", "not read");
	put("trackers/acme/.click.yaml.swp", "not read");
	put("trackers/acme/.yaml", "not read");
	put("trackers/acme/notes.txt", "not read");
	put("trackers/acme/sub/click.yaml", "not read");
	put(".git/esps/acme.yaml", "not read");
	ruleset = load("");
	assert_esps(ruleset, "acme");
	assert_rules(ruleset, "acme/click");
	ruleset_unref(ruleset);
}

static void test_ids_that_belong_elsewhere(void **state)
{
	g_autofree char *text = rule_text("acme/click", "click.example.com");
	g_autofree char *up = rule_text("../click", "click.example.com");
	struct ruleset *ruleset;

	(void)state;
	put_esp("acme");
	put_esp("zeta");
	put("esps/other.yaml", "id: acme\nname: Acme\nkind: esp\n");
	put("trackers/acme/other.yaml", text);
	put("trackers/zeta/click.yaml", text);
	put("trackers/zeta/up.yaml", up);
	put("trackers/Zeta/click.yaml", text);
	put("trackers/acme/click .yaml", text);
	put("trackers/acme/..yaml", "not read");
	put("trackers/acme/click.yaml.yaml", text);
	ruleset = load(
		"esps/other.yaml:1: the id 'acme' belongs in esps/acme.yaml\n"
		"trackers/Zeta/click.yaml:1: the id 'acme/click' belongs in "
		"trackers/acme/click.yaml\n"
		"trackers/acme/click .yaml:1: the id 'acme/click' belongs in "
		"trackers/acme/click.yaml\n"
		"trackers/acme/click.yaml.yaml:1: the id 'acme/click' belongs in "
		"trackers/acme/click.yaml\n"
		"trackers/acme/other.yaml:1: the id 'acme/click' belongs in "
		"trackers/acme/click.yaml\n"
		"trackers/zeta/click.yaml:1: the id 'acme/click' belongs in "
		"trackers/acme/click.yaml\n"
		"trackers/zeta/up.yaml:1: '../click' is no id: <esp>/<name>, of a-z, 0-9 and -");
	assert_rules(ruleset, "");
	assert_esps(ruleset, "acme zeta");
	ruleset_unref(ruleset);
}

static void link_to(const char *target, const char *file)
{
	g_autofree char *path = path_of(file);

	assert_int_equal(symlink(target, path), 0);
}

static void test_links_are_not_followed(void **state)
{
	g_autofree char *fifo = path_of("trackers/acme/fifo.yaml");
	struct ruleset *ruleset;

	(void)state;
	put_esp("acme");
	put("elsewhere/zeta.yaml", "id: zeta\nname: Zeta\nkind: esp\n");
	link_to("../elsewhere/zeta.yaml", "esps/zeta.yaml");
	link_to("/etc/passwd", "trackers/acme/passwd.yaml");
	link_to("nowhere", "trackers/acme/dangling.yaml");
	link_to("../elsewhere", "trackers/zeta");
	put("trackers/acme/dir.yaml/click.yaml", "not read");
	assert_int_equal(mkfifo(fifo, 0600), 0);
	ruleset = load("esps/zeta.yaml: not a plain file\n"
		       "trackers/acme/dangling.yaml: not a plain file\n"
		       "trackers/acme/dir.yaml: not a plain file\n"
		       "trackers/acme/fifo.yaml: not a plain file\n"
		       "trackers/acme/passwd.yaml: not a plain file");
	assert_esps(ruleset, "acme");
	ruleset_unref(ruleset);
}

static void test_directories_that_are_links(void **state)
{
	struct ruleset *ruleset;

	(void)state;
	put("elsewhere/acme.yaml", "id: acme\nname: Acme\nkind: esp\n");
	link_to("elsewhere", "esps");
	link_to("elsewhere", "trackers");
	ruleset = load("");
	assert_esps(ruleset, "");
	ruleset_unref(ruleset);
}

static void test_large_files(void **state)
{
	g_autofree char *text = rule_text("acme/click", "click.example.com");
	g_autoptr(GString) padded = g_string_new(text);
	struct ruleset *ruleset;

	(void)state;
	put_esp("acme");
	while (padded->len < RULESET_MAX_FILE)
		g_string_append_c(padded, '\n');
	put("trackers/acme/click.yaml", padded->str);
	ruleset = load("");
	assert_rules(ruleset, "acme/click");
	ruleset_unref(ruleset);
	g_string_append_c(padded, '\n');
	put("trackers/acme/click.yaml", padded->str);
	ruleset = load("trackers/acme/click.yaml: larger than 256 KiB");
	assert_rules(ruleset, "");
	ruleset_unref(ruleset);
}

static void put_many(const char *dir, const char *ending, unsigned count)
{
	for (unsigned i = 0; i < count; i++) {
		g_autofree char *path = g_strdup_printf("%s/%s/%05u%s", scratch, dir, i, ending);
		int fd = open(path, O_CREAT | O_WRONLY, 0600);

		assert_true(fd >= 0);
		close(fd);
	}
}

/* Foreign files do not push out rules. */
static void test_many_foreign_files(void **state)
{
	struct ruleset *ruleset;

	(void)state;
	put_esp("acme");
	put_rule("acme/click", "click.example.com");
	put_many("trackers/acme", ".txt", RULESET_MAX_FILES + 1);
	ruleset = load("");
	assert_rules(ruleset, "acme/click");
	ruleset_unref(ruleset);
}

static void test_too_many_files(void **state)
{
	struct problems *problems = problems_new();
	struct ruleset *ruleset;

	(void)state;
	put_rule("acme/click", "click.example.com");
	g_autofree char *esps = path_of("esps/x");
	put_many("esps", ".yaml", RULESET_MAX_FILES + 1);
	ruleset = ruleset_load(scratch, problems, NULL);
	assert_rules(ruleset, "");
	/* Each is empty; the rest is told of once for its directory, once for the ruleset. */
	assert_int_equal(problems_count(problems), RULESET_MAX_FILES + 2);
	g_autofree char *first = problem_text(problems->list->pdata[0]);
	g_autofree char *last = problem_text(problems->list->pdata[RULESET_MAX_FILES + 1]);
	assert_string_equal(first, "esps: more than 20000 files: the rest is not read");
	assert_string_equal(
		last, "trackers/acme/click.yaml: more than 20000 files: the rest is not read");
	problems_free(problems);
	ruleset_unref(ruleset);
}

static void test_unreadable_directories(void **state)
{
	g_autofree char *dir = path_of("esps/acme.yaml");
	struct ruleset *ruleset;

	(void)state;
	put_esp("acme");
	*strrchr(dir, '/') = '\0';
	if (geteuid() == 0) {
		print_message("root reads everything\n");
		return;
	}
	assert_int_equal(chmod(dir, 0), 0);
	ruleset = load("esps: cannot be read");
	assert_int_equal(chmod(dir, 0700), 0);
	ruleset_unref(ruleset);
}

/* ---- the tests of rules in their ruleset ---- */

static void assert_check(const char *wanted)
{
	struct ruleset *ruleset = load("");
	struct matcher *matcher = matcher_new(ruleset);
	struct problems *problems = problems_new();
	bool well = matcher_check(matcher, NULL, problems);
	g_autofree char *found = problems_text(problems);

	assert_string_equal(found, wanted);
	assert_int_equal(well, !*wanted);
	problems_free(problems);
	matcher_unref(matcher);
	ruleset_unref(ruleset);
}

static void test_rules_that_claim_the_same(void **state)
{
	(void)state;
	put_esp("acme");
	put_rule("acme/click", "click.example.com");
	put_rule("acme/open", "open.example.com");
	assert_check("");
	put_rule("acme/other", "click.example.com");
	assert_check("trackers/acme/click.yaml:12: claims the same URL as acme/other: "
		     "https://click.example.com/\n"
		     "trackers/acme/other.yaml:12: claims the same URL as acme/click: "
		     "https://click.example.com/");
}

static void test_rules_that_another_wins(void **state)
{
	(void)state;
	put_esp("acme");
	put_esp("zeta");
	put_rule("acme/click", "example.com");
	put_rule("zeta/click", "click.example.com");
	assert_check("");
	g_autofree char *text = rule_text("acme/click", "example.com");
	g_autofree char *wider =
		replaced(text, "url: https://example.com/", "url: https://a.click.example.com/");
	put("trackers/acme/click.yaml", wider);
	assert_check("trackers/acme/click.yaml:12: test fails: zeta/click explains it: "
		     "https://a.click.example.com/");
}

static void test_rules_that_fail(void **state)
{
	g_autofree char *text = rule_text("acme/click", "click.example.com");
	g_autofree char *fails =
		replaced(text, "url: https://click.example.com/", "url: https://www.example.net/");
	g_autofree char *both = replaced(fails, "    - https://www.example.org/",
		"    - https://a.click.example.com/\n    - example.com");

	(void)state;
	put_esp("acme");
	put("trackers/acme/click.yaml", both);
	assert_check("trackers/acme/click.yaml:12: test fails: the rule does not match "
		     "https://www.example.net/\n"
		     "trackers/acme/click.yaml:15: test fails: the rule matches "
		     "https://a.click.example.com/\n"
		     "trackers/acme/click.yaml:16: test fails: no URL: example.com");
}

/* ---- trying ---- */

static struct rule *read_rule(const char *id, const char *host)
{
	g_autofree char *text = rule_text(id, host);
	struct problems *problems = problems_new();
	struct rule *rule = rule_read(text, strlen(text), NULL, problems);

	assert_non_null(rule);
	problems_free(problems);
	return rule;
}

static void test_with(void **state)
{
	struct rule *rule = read_rule("acme/new", "new.example.com");
	struct rule *changed = read_rule("acme/new", "changed.example.com");
	struct ruleset *one = ruleset_with(NULL, rule, NULL);
	struct esp *esp = esp_new("acme", "Acme");

	(void)state;
	assert_rules(one, "acme/new");
	assert_esps(one, "");
	struct ruleset *two = ruleset_with(one, changed, esp);
	assert_rules(one, "acme/new");
	assert_rules(two, "acme/new");
	assert_esps(one, "");
	assert_esps(two, "acme");
	assert_true(same_rule(ruleset_find_rule(one, "acme/new"), rule));
	assert_true(same_rule(ruleset_find_rule(two, "acme/new"), changed));
	assert_true(same_esp(ruleset_find_esp(two, "acme"), esp));
	rule_free(rule);
	rule_free(changed);
	esp_free(esp);
	ruleset_unref(one);
	/* Nothing of it was borrowed. */
	assert_string_equal(ruleset_find_esp(two, "acme")->name, "Acme");
	assert_rules(two, "acme/new");
	ruleset_unref(two);
}

static void test_with_leaves_the_others(void **state)
{
	struct rule *rule = read_rule("acme/b", "b.example.com");
	struct esp *esp = esp_new("beta", "Beta");
	struct ruleset *ruleset, *with;

	(void)state;
	put_esp("acme");
	put_esp("zeta");
	put_rule("acme/a", "a.example.com");
	put_rule("acme/c", "c.example.com");
	ruleset = load("");
	esp->kind = ESP_KIT;
	with = ruleset_with(ruleset, rule, esp);
	assert_rules(with, "acme/a acme/b acme/c");
	assert_esps(with, "acme beta zeta");
	assert_rules(ruleset, "acme/a acme/c");
	assert_int_equal(ruleset_find_esp(with, "beta")->kind, ESP_KIT);
	assert_true(
		same_rule(ruleset_find_rule(with, "acme/c"), ruleset_find_rule(ruleset, "acme/c")));
	assert_true(same_esp(ruleset_find_esp(with, "zeta"), ruleset_find_esp(ruleset, "zeta")));
	ruleset_unref(ruleset_ref(ruleset));
	ruleset_unref(ruleset);
	ruleset_unref(with);
	rule_free(rule);
	esp_free(esp);
}

#define test_in_scratch(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		test_in_scratch(test_reads_all),
		test_in_scratch(test_lists),
		test_in_scratch(test_nothing_there),
		test_in_scratch(test_good_files_survive_bad_ones),
		test_in_scratch(test_files_of_others),
		test_in_scratch(test_ids_that_belong_elsewhere),
		test_in_scratch(test_links_are_not_followed),
		test_in_scratch(test_directories_that_are_links),
		test_in_scratch(test_large_files),
		test_in_scratch(test_many_foreign_files),
		test_in_scratch(test_too_many_files),
		test_in_scratch(test_unreadable_directories),
		test_in_scratch(test_rules_that_claim_the_same),
		test_in_scratch(test_rules_that_another_wins),
		test_in_scratch(test_rules_that_fail),
		test_in_scratch(test_with),
		test_in_scratch(test_with_leaves_the_others),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
