/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The link index over real stores. Whatever happened to an index, what it holds must be what one
 * that is made anew holds.
 */
#include "tui/index/groups.h"
#include "tui/index/index.h"
#include "tui/mail/message.h"

#include "rules/chain.h"
#include "tests/unit/scratch.h"

#include <signal.h>
#include <sqlite3.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define MAILS 60
#define KILLS 12

/* ---- rules ---- */

static struct ruleset *with_rule(struct ruleset *ruleset, const char *id, const char *match)
{
	g_autofree char *esp_id = g_strndup(id, strcspn(id, "/"));
	g_autofree char *yaml = g_strdup_printf("id: %s\nesp: %s\nstatus: stable\n"
						"match:\n%s"
						"references:\n  - seen in the wild\n"
						"tests:\n  match:\n    - url: https://x.example/\n"
						"      next: opaque\n"
						"  no_match:\n    - https://www.example.com/\n",
		id, esp_id, match);
	struct problems *problems = problems_new();
	struct rule *rule = rule_read(yaml, strlen(yaml), NULL, problems);
	struct esp *esp = esp_new(esp_id, esp_id);
	struct ruleset *longer;

	if (!rule) {
		g_autofree char *text = problem_text(problems->list->pdata[0]);
		fail_msg("%s", text);
	}
	longer = ruleset_with(ruleset, rule, esp);
	esp_free(esp);
	rule_free(rule);
	problems_free(problems);
	ruleset_unref(ruleset);
	return longer;
}

/* Two trackers: one that names its account and carries the landing URL, one that is opaque. */
static struct matcher *two_rules(void)
{
	struct ruleset *ruleset = with_rule(NULL, "plain/click",
		"  hosts:\n    - plain.example\n  path: '^/c/(?<account>\\d+)$'\n  params:\n    "
		"to: ''\n"
		"decode:\n  - param: to\n  - percent\n");
	struct matcher *matcher;

	ruleset = with_rule(ruleset, "dark/click",
		"  hosts:\n    - dark.example\n  path: '^/t/(?<campaign>\\w+)$'\ndecode: opaque\n");
	matcher = matcher_new(ruleset);
	ruleset_unref(ruleset);
	return matcher;
}

/* The same and one for any host, which also explains a landing URL. */
static struct matcher *three_rules(void)
{
	struct matcher *two = two_rules();
	struct ruleset *ruleset = with_rule(ruleset_ref((struct ruleset *)matcher_ruleset(two)),
		"branded/go", "  path: '^/go/(?<account>\\w+)$'\ndecode: opaque\n");
	struct matcher *three = matcher_new(ruleset);

	ruleset_unref(ruleset);
	matcher_unref(two);
	return three;
}

/* ---- stores ---- */

/* Each mail carries a link of each kind; hosts and ids repeat. */
static void write_tracked(const struct scratch *scratch, int i)
{
	g_autofree char *path = g_strdup_printf("%s/in/cur/t%03d:2,", scratch->mail, i);
	g_autofree char *date = date_header(1700000000 + i * 3600);
	g_autofree char *text =
		g_strdup_printf("From: a@shop.example\nSubject: mail %d\nDate: %s\nMessage-ID: "
				"<t%03d@example.com>\n"
				"Content-Type: text/html\n\n"
				"<a "
				"href='https://c%d.plain.example/c/"
				"%d?to=https%%3A%%2F%%2Fland%d.example%%2Fgo%%2Fx%d'>1</a>"
				"<a href='https://dark.example/t/camp%d'>2</a>"
				"<a href='https://brand%d.example/go/acct%d'>3</a>"
				"<a href='https://www.example.com/page'>4</a>",
			i, date, i, i % 3, 100 + i % 5, i % 4, i % 2, i % 7, i % 6, i % 2);

	write_file(path, text);
}

static struct scratch *tracked_store(void)
{
	struct scratch *scratch = scratch_new("");

	for (int i = 0; i < MAILS; i++)
		write_tracked(scratch, i);
	index_mail();
	return scratch;
}

static struct store *open_store(void)
{
	g_autoptr(GError) error = NULL;
	struct store *store = store_open(&(struct store_options){0}, &error);

	if (!store)
		fail_msg("%s", error->message);
	return store;
}

static struct index *open_index(const struct scratch *scratch, const char *name)
{
	g_autofree char *path = g_build_filename(scratch->dir, "index", name, NULL);
	g_autoptr(GError) error = NULL;
	struct index *index = index_open(path, &error);

	if (!index)
		fail_msg("%s", error->message);
	return index;
}

struct seen {
	unsigned read, judged;
};

static bool note(void *user, const char *what, unsigned done, unsigned total)
{
	struct seen *seen = user;

	(void)done;
	if (strstr(what, "mail"))
		seen->read = MAX(seen->read, total);
	else if (strstr(what, "links"))
		seen->judged = MAX(seen->judged, total);
	return true;
}

static struct seen update(struct index *index, struct matcher *matcher)
{
	struct store *store = open_store();
	g_autoptr(GError) error = NULL;
	struct seen seen = {0};

	if (!index_update(index, store, matcher, note, &seen, &error))
		fail_msg("%s", error ? error->message : "stopped");
	assert_true(index_is_whole(index));
	assert_true(index_is_current(index, store_revision(store)));
	store_close(store);
	return seen;
}

/* ---- what an index holds, as text ---- */

static int add_line(void *user, int count, char **values, char **names)
{
	(void)names;
	for (int i = 0; i < count; i++)
		g_string_append_printf(user, "%s|", values[i] ? values[i] : "");
	g_string_append_c(user, '\n');
	return 0;
}

static char *dump(const struct index *index)
{
	static const char *const queries[] = {"SELECT 'message', mid, date, unreadable, ip, host, "
					      "network FROM message ORDER BY mid",
		"SELECT 'url', href, host, end, landing, signs FROM url ORDER BY href",
		"SELECT 'link', mid, href, kinds FROM link JOIN message ON message.id = "
		"message JOIN url ON url.id = url ORDER BY mid, href",
		"SELECT 'hop', url.href, n, hop.href, hop.host, rule, esp, account, campaign, "
		"recipient "
		"FROM hop JOIN url ON url.id = url ORDER BY url.href, n",
		"SELECT 'trace', mid, esp, verdict FROM trace JOIN message ON message.id = message "
		"ORDER BY mid, esp",
		"SELECT 'rule', id, version FROM rule ORDER BY id",
		"SELECT 'esp', id, version FROM esp ORDER BY id"};
	GString *text = g_string_new(NULL);
	sqlite3 *db;

	assert_int_equal(sqlite3_open_v2(index_path(index), &db, SQLITE_OPEN_READONLY, NULL), 0);
	for (size_t i = 0; i < G_N_ELEMENTS(queries); i++)
		if (sqlite3_exec(db, queries[i], add_line, text, NULL) != SQLITE_OK)
			fail_msg("%s: %s", queries[i], sqlite3_errmsg(db));
	sqlite3_close(db);
	return g_string_free(text, FALSE);
}

static void assert_sound(const struct index *index)
{
	g_autoptr(GString) said = g_string_new(NULL);
	sqlite3 *db;

	assert_int_equal(sqlite3_open_v2(index_path(index), &db, SQLITE_OPEN_READONLY, NULL), 0);
	sqlite3_exec(db, "PRAGMA integrity_check; PRAGMA foreign_key_check", add_line, said, NULL);
	sqlite3_close(db);
	assert_string_equal(said->str, "ok|\n");
}

/* Says only where they differ: the texts are long. */
static void assert_same_lines(const char *found, const char *expected)
{
	g_auto(GStrv) left = g_strsplit(found, "\n", -1);
	g_auto(GStrv) right = g_strsplit(expected, "\n", -1);

	for (guint i = 0; left[i] || right[i]; i++)
		if (g_strcmp0(left[i], right[i]) != 0)
			fail_msg("line %u: found %s, expected %s", i, left[i], right[i]);
}

/* Compares with one that is made anew. */
static void assert_as_new(
	const struct scratch *scratch, const struct index *index, struct matcher *matcher)
{
	static int number;
	g_autofree char *name = g_strdup_printf("fresh%d", number++);
	struct index *fresh = open_index(scratch, name);
	g_autofree char *expected = NULL, *found = NULL;

	update(fresh, matcher);
	expected = dump(fresh);
	found = dump(index);
	index_close(fresh);
	assert_true(strlen(expected) > 100);
	assert_same_lines(found, expected);
	assert_sound(index);
}

static gint64 count_of(const struct index *index, const char *table)
{
	g_autofree char *sql = g_strdup_printf("SELECT count(*) FROM %s", table);
	sqlite3_stmt *statement;
	sqlite3 *db;
	gint64 count;

	assert_int_equal(sqlite3_open_v2(index_path(index), &db, SQLITE_OPEN_READONLY, NULL), 0);
	assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &statement, NULL), 0);
	assert_int_equal(sqlite3_step(statement), SQLITE_ROW);
	count = sqlite3_column_int64(statement, 0);
	sqlite3_finalize(statement);
	sqlite3_close(db);
	return count;
}

/* ---- tests ---- */

static void holds_what_the_mail_holds(void **state)
{
	struct scratch *scratch = tracked_store();
	struct matcher *matcher = two_rules();
	struct index *index = open_index(scratch, "a");
	struct index_totals totals;

	(void)state;
	assert_int_equal(update(index, matcher).read, MAILS);
	assert_true(index_totals(index, &totals, NULL));
	assert_int_equal(totals.messages, MAILS);
	assert_int_equal(totals.unreadable, 0);
	assert_int_equal(totals.links, MAILS * 4);
	/* 60 ways to combine host, account and landing; 7 campaigns; 6 brands with an account each;
	 * the page */
	assert_int_equal(totals.urls, 60 + 7 + 6 + 1);
	assert_int_equal(totals.explained, 60 + 7);
	assert_int_equal(totals.opaque, 7);
	g_autofree char *esps = index_esps(index, "t001@example.com");
	assert_string_equal(esps, "dark plain");
	assert_null(index_esps(index, "nobody@example.com"));
	index_close(index);
	matcher_unref(matcher);
	scratch_free(scratch);
}

static void does_only_what_is_new(void **state)
{
	struct scratch *scratch = tracked_store();
	struct matcher *matcher = two_rules();
	struct index *index = open_index(scratch, "a");
	g_autofree char *gone = g_strdup_printf("%s/in/cur/t007:2,", scratch->mail);
	struct seen seen;

	(void)state;
	update(index, matcher);
	seen = update(index, matcher);
	assert_int_equal(seen.read + seen.judged, 0);

	quiet(run("notmuch", "tag", "+seen", "--", "id:t003@example.com", NULL));
	assert_int_equal(update(index, matcher).read, 0);

	write_tracked(scratch, MAILS);
	write_tracked(scratch, MAILS + 1);
	index_mail();
	assert_int_equal(update(index, matcher).read, 2);
	assert_as_new(scratch, index, matcher);

	assert_int_equal(g_unlink(gone), 0);
	index_mail();
	assert_int_equal(update(index, matcher).read, 0);
	assert_int_equal(count_of(index, "message"), MAILS + 1);
	assert_null(index_esps(index, "t007@example.com"));
	assert_as_new(scratch, index, matcher);
	index_close(index);
	matcher_unref(matcher);
	scratch_free(scratch);
}

static void follows_the_rules(void **state)
{
	struct scratch *scratch = tracked_store();
	struct matcher *two = two_rules(), *three = three_rules();
	struct ruleset *narrow_set =
		with_rule(ruleset_ref((struct ruleset *)matcher_ruleset(two)), "dark/click",
			"  hosts:\n    - dark.example\n  path: "
			"'^/t/(?<campaign>camp[012])$'\ndecode: opaque\n");
	struct matcher *narrow = matcher_new(narrow_set);
	struct index *index = open_index(scratch, "a");
	struct seen seen;

	(void)state;
	ruleset_unref(narrow_set);
	update(index, two);

	/* added: the brands, and the landing URLs of the plain ones */
	seen = update(index, three);
	assert_int_equal(seen.read, 0);
	assert_int_equal(seen.judged, 6 + 60);
	assert_as_new(scratch, index, three);

	/* removed again */
	seen = update(index, two);
	assert_int_equal(seen.judged, 6 + 60);
	assert_as_new(scratch, index, two);

	/* changed: all URLs of the old one, and only these */
	seen = update(index, narrow);
	assert_int_equal(seen.judged, 7);
	assert_as_new(scratch, index, narrow);
	index_close(index);
	matcher_unref(two);
	matcher_unref(three);
	matcher_unref(narrow);
	scratch_free(scratch);
}

struct tally {
	unsigned hits, unexplained;
	GHashTable *messages;
};

static bool tally_hit(void *user, const struct index_hit *hit)
{
	struct tally *tally = user;

	tally->hits++;
	tally->unexplained += hit->rule == NULL;
	assert_non_null(strstr(hit->href, "/go/"));
	g_hash_table_add(tally->messages, g_strdup(hit->message_id));
	return true;
}

/* What a rule that is not in the index would explain, against a look at every link. */
static void finds_what_a_rule_explains(void **state)
{
	struct scratch *scratch = tracked_store();
	struct matcher *two = two_rules(), *three = three_rules();
	struct index *index = open_index(scratch, "a");
	struct tally tally = {
		.messages = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL)};
	g_autoptr(GError) error = NULL;

	(void)state;
	update(index, two);
	assert_true(index_rule_hits(index, three, "branded/go", tally_hit, &tally, &error));
	/* each mail has a brand's link, and a plain one that lands on /go/ */
	assert_int_equal(tally.hits, MAILS * 2);
	assert_int_equal(tally.unexplained, MAILS * 2);
	assert_int_equal(g_hash_table_size(tally.messages), MAILS);
	g_hash_table_unref(tally.messages);
	index_close(index);
	matcher_unref(two);
	matcher_unref(three);
	scratch_free(scratch);
}

static bool slow_down(void *user, const char *what, unsigned done, unsigned total)
{
	(void)user;
	(void)what;
	(void)done;
	(void)total;
	return true;
}

/* A process that catches up, and is killed. */
static void killed_after(const char *path, struct matcher *matcher, gulong usec)
{
	pid_t child = fork();

	assert_true(child >= 0);
	if (!child) {
		struct store *store = store_open(&(struct store_options){0}, NULL);
		struct index *index = index_open(path, NULL);

		if (store && index)
			index_update(index, store, matcher, slow_down, NULL, NULL);
		_exit(0);
	}
	g_usleep(usec);
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
}

static void survives_kills(void **state)
{
	struct scratch *scratch = tracked_store();
	struct matcher *matcher = two_rules();
	g_autofree char *path = g_build_filename(scratch->dir, "index", "killed", NULL);

	(void)state;
	for (int i = 0; i < KILLS; i++) {
		struct index *index;

		killed_after(path, matcher, (gulong)(1000 + i * i * 400));
		index = open_index(scratch, "killed");
		assert_sound(index);
		if (i % 4 == 3)
			assert_true(index_clear(index, NULL));
		index_close(index);
	}
	struct index *index = open_index(scratch, "killed");
	update(index, matcher);
	assert_as_new(scratch, index, matcher);
	index_close(index);
	matcher_unref(matcher);
	scratch_free(scratch);
}

static void shares_with_others(void **state)
{
	struct scratch *scratch = tracked_store();
	struct matcher *matcher = two_rules();
	g_autofree char *path = g_build_filename(scratch->dir, "index", "shared", NULL);
	pid_t children[3];

	(void)state;
	for (size_t i = 0; i < G_N_ELEMENTS(children); i++) {
		children[i] = fork();
		assert_true(children[i] >= 0);
		if (children[i])
			continue;
		struct store *store = store_open(&(struct store_options){0}, NULL);
		struct index *index = index_open(path, NULL);

		_exit(store && index && index_update(index, store, matcher, NULL, NULL, NULL) ? 0
											      : 1);
	}
	for (size_t i = 0; i < G_N_ELEMENTS(children); i++) {
		int status = 0;

		waitpid(children[i], &status, 0);
		assert_true(WIFEXITED(status));
		assert_int_equal(WEXITSTATUS(status), 0);
	}
	struct index *index = open_index(scratch, "shared");
	assert_as_new(scratch, index, matcher);
	index_close(index);
	matcher_unref(matcher);
	scratch_free(scratch);
}

static bool stop_at_once(void *user, const char *what, unsigned done, unsigned total)
{
	(void)what;
	(void)done;
	(void)total;
	return --*(int *)user >= 0;
}

static void stops_and_goes_on(void **state)
{
	struct scratch *scratch = tracked_store();
	struct matcher *matcher = two_rules();
	struct index *index = open_index(scratch, "a");
	struct store *store = open_store();
	g_autoptr(GError) error = NULL;
	int steps = 0;

	(void)state;
	assert_false(index_update(index, store, matcher, stop_at_once, &steps, &error));
	assert_null(error);
	assert_false(index_is_whole(index));
	assert_true(index_message(index, store, matcher, "t005@example.com", &error));
	assert_int_equal(count_of(index, "message"), 1);
	assert_false(index_message(index, store, matcher, "nobody@example.com", &error));
	store_close(store);
	assert_int_equal(update(index, matcher).read, MAILS - 1);
	assert_as_new(scratch, index, matcher);
	index_close(index);
	matcher_unref(matcher);
	scratch_free(scratch);
}

static void makes_broken_ones_anew(void **state)
{
	struct scratch *scratch = tracked_store();
	struct matcher *matcher = two_rules();
	g_autofree char *path = g_build_filename(scratch->dir, "index", "a", NULL);
	struct index *index;
	sqlite3 *db;

	(void)state;
	write_file(path, "this is no database, and never was one, however long one looks at it\n");
	index = open_index(scratch, "a");
	update(index, matcher);
	assert_as_new(scratch, index, matcher);
	index_close(index);

	assert_int_equal(sqlite3_open(path, &db), 0);
	assert_int_equal(sqlite3_exec(db, "PRAGMA user_version = 4711", NULL, NULL, NULL), 0);
	sqlite3_close(db);
	index = open_index(scratch, "a");
	assert_int_equal(count_of(index, "message"), 0);
	index_close(index);
	matcher_unref(matcher);
	scratch_free(scratch);
}

static void remembers_what_cannot_be_read(void **state)
{
	struct scratch *scratch = tracked_store();
	struct matcher *matcher = two_rules();
	struct index *index = open_index(scratch, "a");
	g_autofree char *gone = g_strdup_printf("%s/in/cur/t011:2,", scratch->mail);
	struct index_totals totals;

	(void)state;
	assert_int_equal(g_unlink(gone), 0);
	update(index, matcher);
	assert_true(index_totals(index, &totals, NULL));
	assert_int_equal(totals.messages, MAILS);
	assert_int_equal(totals.unreadable, 1);
	index_close(index);
	matcher_unref(matcher);
	scratch_free(scratch);
}

/* ---- groups ---- */

/* From the host with that last byte of a network of its own; NULL: nobody knows. */
static void write_from(const struct scratch *scratch, int i, const char *ip)
{
	g_autofree char *path = g_strdup_printf("%s/in/cur/n%03d:2,", scratch->mail, i);
	g_autofree char *date = date_header(1700000000 + i);
	g_autofree char *received =
		ip ? g_strdup_printf("Received: from a.example ([%s]) by mx.example.org with "
				     "ESMTP id 1; %s\n",
			     ip, date)
		   : g_strdup("");
	g_autofree char *text = g_strdup_printf(
		"%sSubject: %d\nDate: %s\nMessage-ID: <n%03d@example.com>\n"
		"Content-Type: text/html\n\n"
		"<a href='https://plain.example/c/1?to=https%%3A%%2F%%2Fland.example%%2F%d'>1</a>"
		"<a href='https://plain.example/c/%d?to=https%%3A%%2F%%2Fland.example%%2F'>2</a>",
		received, i, date, i, i, i + 2);

	write_file(path, text);
}

static void counts_the_networks_of_an_account(void **state)
{
	static const char *const hosts[] = {
		"192.0.2.1", "192.0.2.200", "198.51.100.1", "2001:db8:1::1", NULL, "203.0.113.9"};
	struct scratch *scratch = scratch_new("");
	struct matcher *matcher = two_rules();
	struct index *index;

	(void)state;
	for (size_t i = 0; i < G_N_ELEMENTS(hosts); i++)
		write_from(scratch, (int)i, hosts[i]);
	index_mail();
	index = open_index(scratch, "a");
	update(index, matcher);
	assert_int_equal(index_account_networks(index, "plain", "1"), 4);
	assert_int_equal(index_account_networks(index, "plain", "2"), 1);
	assert_int_equal(index_account_networks(index, "plain", "6"), 0);
	assert_int_equal(index_account_networks(index, "plain", "none"), 0);
	assert_int_equal(index_account_networks(index, "dark", "1"), 0);
	index_close(index);
	matcher_unref(matcher);
	scratch_free(scratch);
}

static const struct groups_row *row_named(const GPtrArray *rows, const char *name)
{
	for (guint i = 0; i < rows->len; i++)
		if (strcmp(((struct groups_row *)rows->pdata[i])->name, name) == 0)
			return rows->pdata[i];
	fail_msg("no row %s", name);
	return NULL;
}

static void groups_by_what_is_common(void **state)
{
	struct scratch *scratch = tracked_store();
	struct matcher *matcher = two_rules();
	struct index *index = open_index(scratch, "a");
	struct groups_filter filter = {{0}, false, NULL};
	g_autoptr(GError) error = NULL;

	(void)state;
	update(index, matcher);
	g_autoptr(GPtrArray) esps = groups_read(index, &filter, GROUPS_ESP, &error);
	assert_non_null(esps);
	assert_int_equal(esps->len, 2);
	assert_int_equal(row_named(esps, "plain")->messages, MAILS);
	assert_int_equal(row_named(esps, "dark")->links, MAILS);

	/* accounts 100 to 104, each of every fifth mail */
	filter.value[GROUPS_ESP] = "plain";
	g_autoptr(GPtrArray) accounts = groups_read(index, &filter, GROUPS_ACCOUNT, &error);
	assert_int_equal(accounts->len, 5);
	const struct groups_row *account = row_named(accounts, "102");
	assert_int_equal(account->messages, MAILS / 5);
	assert_int_equal(account->first, 1700000000 + 2 * 3600);
	assert_int_equal(account->last, 1700000000 + (MAILS - 3) * 3600);

	filter.value[GROUPS_ACCOUNT] = "102";
	g_autoptr(GPtrArray) landings = groups_read(index, &filter, GROUPS_LANDING, &error);
	assert_int_equal(landings->len, 4);
	filter.value[GROUPS_LANDING] = "land2.example";
	g_autoptr(GPtrArray) ids = groups_messages(index, &filter, &error);
	/* i % 5 == 2 and i % 4 == 2 */
	assert_int_equal(ids->len, MAILS / 20);
	assert_string_equal(ids->pdata[0], "t042@example.com");

	/* the query finds the same in notmuch */
	g_autofree char *query = groups_query(ids, 100);
	g_autofree char *found = run("notmuch", "count", "--", query, NULL);
	assert_int_equal(atoi(found), MAILS / 20);

	/* within some messages only */
	char *some[] = {"t042@example.com", "t001@example.com"};
	GPtrArray within = {(gpointer *)some, 2};
	filter.within = &within;
	g_autoptr(GPtrArray) fewer = groups_messages(index, &filter, &error);
	assert_int_equal(fewer->len, 1);
	assert_null(error);
	index_close(index);
	matcher_unref(matcher);
	scratch_free(scratch);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(holds_what_the_mail_holds),
		cmocka_unit_test(does_only_what_is_new),
		cmocka_unit_test(follows_the_rules),
		cmocka_unit_test(finds_what_a_rule_explains),
		cmocka_unit_test(survives_kills),
		cmocka_unit_test(shares_with_others),
		cmocka_unit_test(stops_and_goes_on),
		cmocka_unit_test(makes_broken_ones_anew),
		cmocka_unit_test(remembers_what_cannot_be_read),
		cmocka_unit_test(counts_the_networks_of_an_account),
		cmocka_unit_test(groups_by_what_is_common),
	};

	message_library_init();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
