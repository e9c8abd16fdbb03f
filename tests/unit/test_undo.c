/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Undoing, with a store that notmuch(1) made and a ruleset that git(1) made: both must be as they
 * were.
 */
#include "tui/undo.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "tests/unit/git_scratch.h"

#include <notmuch.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>

#define NEW_PATH "trackers/acme/new.yaml"
#define NEW_TEXT "id: acme/new\nesp: acme\n"
#define DELIVERY_MS 20000

#ifdef __SANITIZE_ADDRESS__
/* libnotmuch 0.37 frees neither the regular expressions of queries nor what it had when one throws.
 */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
	return "leak:regcomp\nleak:libxapian.so\nleak:libnotmuch.so\n";
}
#endif

/* ---- a desk: store, ruleset, and what works on them ---- */

struct desk {
	struct scratch *scratch;
	char *tagging; /* where batches are kept */
	struct store *store;
	struct worker *worker;
	struct tagger *tagger;
	struct repo *repo;
	struct undo *undo;
	GError *failed; /* the last batch's error */
};

static void on_progress(void *user, const char *what, unsigned done, unsigned total)
{
	(void)user, (void)what, (void)done, (void)total;
}

static void on_written(
	void *user, guint batch, const char *what, GPtrArray *done, const GError *error)
{
	struct desk *desk = user;

	(void)what;
	undo_written(desk->undo, batch, done);
	g_clear_error(&desk->failed);
	desk->failed = error ? g_error_copy(error) : NULL;
}

static char *notmuch_of(const char *const *args)
{
	g_autoptr(GPtrArray) argv = g_ptr_array_new();
	struct ran ran;

	g_ptr_array_add(argv, (char *)"notmuch");
	for (; *args; args++)
		g_ptr_array_add(argv, (char *)*args);
	g_ptr_array_add(argv, NULL);
	ran = run_argv(NULL, NULL, (const char *const *)argv->pdata);
	if (ran.status != 0)
		fail_msg("notmuch %s: %s", (char *)argv->pdata[1], ran.errors);
	g_free(ran.errors);
	return ran.output;
}

#define notmuch_do(...) g_free(notmuch_of(ARGS(__VA_ARGS__)))

/* All tags of all messages. */
static char *tags(void)
{
	g_autofree char *dump = notmuch_of(ARGS("dump"));

	return sorted(dump);
}

static void make_store(const struct scratch *scratch)
{
	g_autofree char *mail = g_build_filename(scratch->dir, "mail", NULL);
	g_autofree char *config = g_build_filename(scratch->dir, "notmuch-config", NULL);
	g_autofree char *text =
		g_strdup_printf("[database]\npath=%s\n[user]\nname=Analyst\n"
				"primary_email=analyst@example.org\n[new]\ntags=new\n",
			mail);

	put(scratch->dir, "notmuch-config", text);
	for (const char *id = "abcdef"; *id; id++) {
		g_autofree char *name = g_strdup_printf("mail/cur/%c:2,", *id);
		g_autofree char *message = g_strdup_printf(
			"From: Sender <s@example.com>\nTo: a@example.org\nSubject: Offer %c\n"
			"Message-ID: <%c@example.com>\nDate: Mon, 07 Sep 2026 10:00:00 +0000\n\n"
			"Text\n",
			*id, *id);

		put(scratch->dir, name, message);
	}
	g_unsetenv("NOTMUCH_PROFILE");
	g_unsetenv("NOTMUCH_DATABASE");
	g_setenv("NOTMUCH_CONFIG", config, TRUE);
	notmuch_do("new", "--quiet");
}

static struct desk *desk_new(void)
{
	struct desk *desk = g_new0(struct desk, 1);
	const struct tagger_events events = {on_progress, on_written, desk};
	g_autoptr(GError) error = NULL;

	desk->scratch = scratch_new();
	desk->tagging = g_build_filename(desk->scratch->dir, "tagging", NULL);
	make_store(desk->scratch);
	desk->repo = ruleset_new(desk->scratch);
	desk->store = store_open(&(struct store_options){0}, &error);
	if (!desk->store)
		fail_msg("%s", error->message);
	desk->worker = worker_new();
	desk->tagger = tagger_new(desk->worker, desk->store, desk->tagging, &events);
	desk->undo = undo_new();
	return desk;
}

static void desk_free(struct desk *desk)
{
	undo_free(desk->undo);
	tagger_free(desk->tagger);
	worker_free(desk->worker);
	store_close(desk->store);
	repo_close(desk->repo);
	scratch_free(desk->scratch);
	g_clear_error(&desk->failed);
	g_free(desk->tagging);
	g_free(desk);
}

/* Until all tags are written. */
static void settle(struct desk *desk)
{
	gint64 end = g_get_monotonic_time() + DELIVERY_MS * 1000;

	while (!worker_idle(desk->worker)) {
		struct pollfd ready = {worker_fd(desk->worker), POLLIN, 0};

		assert_true(g_get_monotonic_time() < end);
		poll(&ready, 1, 100);
		worker_dispatch(desk->worker);
	}
}

/* Messages by their letters: `+` or `-` before each, and the tag. */
static GPtrArray *changes_of(const char *letters, const char *tag)
{
	GPtrArray *changes = store_tag_changes_new();

	for (; *letters; letters += 2) {
		g_autofree char *id = g_strdup_printf("%c@example.com", letters[1]);

		store_tag_changes_add(changes, id, tag, *letters == '+');
	}
	return changes;
}

/* An action that tags, and commits a rule of that text unless it is NULL. */
static void act(struct desk *desk, const char *what, const char *letters, const char *tag,
	const char *path, const char *seen, const char *text)
{
	g_autoptr(GPtrArray) changes = changes_of(letters, tag);
	guint batch = changes->len ? tagger_add(desk->tagger, what, changes, NULL) : 0;
	struct repo_change change = {path, text, seen};
	char id[REPO_ID_SIZE];

	assert_true(batch || !changes->len);
	if (path)
		assert_true(repo_commit(desk->repo, &change, 1, "acme: add new\n", id, NULL));
	undo_add(desk->undo, what, batch, path ? id : NULL);
}

static void label(struct desk *desk, const char *letters)
{
	act(desk, "label", letters, "esp/acme", NULL, NULL, NULL);
}

static void must_undo(struct desk *desk, const char *expected)
{
	g_autoptr(GError) error = NULL;
	g_autofree char *what = undo_last(desk->undo, desk->tagger, desk->repo, &error);

	if (!what)
		fail_msg("%s: %s", expected, error->message);
	assert_string_equal(what, expected);
	settle(desk);
}

static void assert_undoes_not(struct desk *desk, enum espial_error code, const char *says)
{
	g_autoptr(GError) error = NULL;
	g_autofree char *before = snapshot(desk->scratch);

	assert_null(undo_last(desk->undo, desk->tagger, desk->repo, &error));
	assert_refused(error, code, says);
	g_autofree char *after = snapshot(desk->scratch);
	assert_string_equal(before, after);
}

static void assert_tags(const char *expected)
{
	g_autofree char *found = tags();

	assert_string_equal(found, expected);
}

/* ---- tags ---- */

static void undoes_nothing_where_nothing_was_done(void **state)
{
	struct desk *desk = desk_new();

	(void)state;
	assert_undoes_not(desk, ESPIAL_ERROR_NOT_FOUND, "nothing to undo");
	label(desk, "+a");
	settle(desk);
	must_undo(desk, "label");
	assert_undoes_not(desk, ESPIAL_ERROR_NOT_FOUND, "nothing to undo");
	desk_free(desk);
}

static void restores_tags_as_they_were(void **state)
{
	struct desk *desk = desk_new();

	(void)state;
	notmuch_do("tag", "+esp/acme", "--", "id:b@example.com");
	notmuch_do("tag", "-new", "--", "id:c@example.com");
	g_autofree char *before = tags();
	label(desk, "+a+b+c");
	settle(desk);
	act(desk, "read", "-a-b-c-d", "new", NULL, NULL, NULL);
	settle(desk);
	g_autofree char *after = tags();
	assert_string_not_equal(before, after);
	/* somebody else's tags stay */
	notmuch_do("tag", "+mine", "--", "id:a@example.com");
	must_undo(desk, "read");
	must_undo(desk, "label");
	notmuch_do("tag", "-mine", "--", "*");
	assert_tags(before);
	desk_free(desk);
}

static void restores_what_changed_twice(void **state)
{
	struct desk *desk = desk_new();
	g_autofree char *before = tags();

	(void)state;
	label(desk, "+a-a+a+b-b-c+c");
	settle(desk);
	must_undo(desk, "label");
	assert_tags(before);
	act(desk, "unread", "-a+a-a", "new", NULL, NULL, NULL);
	settle(desk);
	must_undo(desk, "unread");
	assert_tags(before);
	desk_free(desk);
}

static void goes_on_where_a_message_is_gone(void **state)
{
	struct desk *desk = desk_new();
	g_autofree char *mail = g_build_filename(desk->scratch->dir, "mail", "cur", "b:2,", NULL);

	(void)state;
	label(desk, "+a+b+c");
	settle(desk);
	assert_int_equal(g_unlink(mail), 0);
	notmuch_do("new", "--quiet");
	must_undo(desk, "label");
	g_autofree char *left = notmuch_of(ARGS("count", "tag:esp/acme"));
	assert_string_equal(left, "0\n");
	desk_free(desk);
}

/* ---- tags and a commit ---- */

static void undoes_a_label_with_its_rule(void **state)
{
	struct desk *desk = desk_new();
	g_autofree char *before = tags();
	g_autofree char *tree = git(desk->scratch, "rev-parse", "HEAD^{tree}");

	(void)state;
	act(desk, "acme: rule acme/new", "+a+b", "esp/acme", NEW_PATH, NULL, NEW_TEXT);
	settle(desk);
	g_autofree char *id = g_strstrip(git(desk->scratch, "rev-parse", "HEAD"));
	g_autofree char *message = g_strdup_printf(
		"Revert \"acme: rule acme/new\"\n\nThis reverts commit %s.\n\n", id);
	must_undo(desk, "acme: rule acme/new");
	assert_tags(before);
	assert_git(tree, desk->scratch, "rev-parse", "HEAD^{tree}");
	assert_git(message, desk->scratch, "log", "-1", "--format=%B");
	assert_git("3\n", desk->scratch, "rev-list", "--count", "HEAD");
	assert_file(desk->scratch->path, NEW_PATH, NULL);
	assert_sound(desk->scratch);
	desk_free(desk);
}

static void undoes_the_last_first(void **state)
{
	struct desk *desk = desk_new();
	g_autofree char *before = tags();
	g_autofree char *tree = git(desk->scratch, "rev-parse", "HEAD^{tree}");

	(void)state;
	act(desk, "first", "+a", "esp/acme", NEW_PATH, NULL, NEW_TEXT);
	act(desk, "second", "+a+b", "x", NEW_PATH, NEW_TEXT, NEW_TEXT "decode: opaque\n");
	act(desk, "third", "", "", NEW_PATH, NEW_TEXT "decode: opaque\n", NULL);
	settle(desk);
	must_undo(desk, "third");
	assert_file(desk->scratch->path, NEW_PATH, NEW_TEXT "decode: opaque\n");
	must_undo(desk, "second");
	assert_file(desk->scratch->path, NEW_PATH, NEW_TEXT);
	must_undo(desk, "first");
	assert_file(desk->scratch->path, NEW_PATH, NULL);
	assert_tags(before);
	assert_git(tree, desk->scratch, "rev-parse", "HEAD^{tree}");
	assert_git("7\n", desk->scratch, "rev-list", "--count", "HEAD");
	assert_sound(desk->scratch);
	desk_free(desk);
}

static void undoes_a_revert(void **state)
{
	struct desk *desk = desk_new();
	char id[REPO_ID_SIZE];

	(void)state;
	act(desk, "label", "+a", "esp/acme", NEW_PATH, NULL, NEW_TEXT);
	settle(desk);
	g_autofree char *commit = g_strstrip(git(desk->scratch, "rev-parse", "HEAD"));
	assert_true(repo_revert(desk->repo, commit, "Revert \"label\"\n", id, NULL));
	undo_add(desk->undo, "Revert \"label\"", 0, id);
	must_undo(desk, "Revert \"label\"");
	assert_file(desk->scratch->path, NEW_PATH, NEW_TEXT);
	assert_git("Revert \"Revert \"label\"\"\n", desk->scratch, "log", "-1", "--format=%s");
	must_undo(desk, "label");
	assert_file(desk->scratch->path, NEW_PATH, NULL);
	assert_sound(desk->scratch);
	desk_free(desk);
}

/* What an action is called comes from rules and mail. */
static void names_forge_nothing_in_the_history(void **state)
{
	struct desk *desk = desk_new();

	(void)state;
	act(desk, "x\"\n\nRule: evil/rule\n---\n\x1b[m", "", "", NEW_PATH, NULL, NEW_TEXT);
	must_undo(desk, "x\"\n\nRule: evil/rule\n---\n\x1b[m");
	assert_git("Revert \"x\" Rule: evil/rule --- ?[m\"\n", desk->scratch, "log", "-1",
		"--format=%s");
	assert_git("\n", desk->scratch, "log", "-1", "--format=%(trailers)");
	desk_free(desk);
}

/* ---- where it cannot be done now ---- */

static void keeps_what_conflicts(void **state)
{
	struct desk *desk = desk_new();
	g_autofree char *before = tags();

	(void)state;
	act(desk, "label", "+a", "esp/acme", NEW_PATH, NULL, NEW_TEXT);
	settle(desk);
	g_autofree char *labelled = tags();
	put(desk->scratch->path, NEW_PATH, "theirs\n");
	assert_undoes_not(desk, ESPIAL_ERROR_CONFLICT, NEW_PATH);
	assert_tags(labelled);
	git_do(desk->scratch, "commit", "-q", "-a", "-m", "Theirs");
	assert_undoes_not(desk, ESPIAL_ERROR_CONFLICT, "same lines");
	assert_tags(labelled);
	git_do(desk->scratch, "revert", "--no-edit", "HEAD");
	must_undo(desk, "label");
	assert_tags(before);
	assert_file(desk->scratch->path, NEW_PATH, NULL);
	assert_sound(desk->scratch);
	desk_free(desk);
}

static void goes_on_once_the_ruleset_is_unlocked(void **state)
{
	struct desk *desk = desk_new();
	g_autofree char *before = tags();
	g_autofree char *lock = g_build_filename(desk->scratch->path, ".git", "index.lock", NULL);

	(void)state;
	act(desk, "label", "+a", "esp/acme", NEW_PATH, NULL, NEW_TEXT);
	settle(desk);
	put(desk->scratch->path, ".git/index.lock", "");
	assert_undoes_not(desk, ESPIAL_ERROR_LOCKED, lock);
	assert_int_equal(g_unlink(lock), 0);
	must_undo(desk, "label");
	assert_tags(before);
	assert_git("3\n", desk->scratch, "rev-list", "--count", "HEAD");
	desk_free(desk);
}

/* Nobody shall be stuck because somebody else has undone the commit with git. */
static void restores_tags_of_what_others_reverted(void **state)
{
	struct desk *desk = desk_new();
	g_autofree char *before = tags();

	(void)state;
	label(desk, "+c");
	act(desk, "rule", "+a", "esp/acme", NEW_PATH, NULL, NEW_TEXT);
	settle(desk);
	git_do(desk->scratch, "revert", "--no-edit", "HEAD");
	must_undo(desk, "rule");
	must_undo(desk, "label");
	assert_tags(before);
	assert_git("3\n", desk->scratch, "rev-list", "--count", "HEAD");
	assert_sound(desk->scratch);
	desk_free(desk);
}

/* Half undone, the other half is done the next time, and the first not again. */
static void goes_on_with_the_tags_where_they_failed(void **state)
{
	struct desk *desk = desk_new();
	g_autofree char *before = tags();
	g_autoptr(GError) error = NULL;

	(void)state;
	act(desk, "label", "+a", "esp/acme", NEW_PATH, NULL, NEW_TEXT);
	settle(desk);
	remove_all(desk->tagging);
	put(desk->scratch->dir, "tagging", "in the way\n");
	assert_null(undo_last(desk->undo, desk->tagger, desk->repo, &error));
	assert_refused(error, ESPIAL_ERROR_IO, "labels cannot be kept");
	assert_file(desk->scratch->path, NEW_PATH, NULL);
	assert_int_equal(g_unlink(desk->tagging), 0);
	must_undo(desk, "label");
	assert_tags(before);
	assert_git("3\n", desk->scratch, "rev-list", "--count", "HEAD");
	desk_free(desk);
}

/* ---- tags on their way ---- */

/* Runs in a process of its own: holds the database for writing until it is killed. */
static int hold_lock(void)
{
	notmuch_database_t *database = NULL;

	alarm(60);
	if (notmuch_database_open_with_config(NULL, NOTMUCH_DATABASE_MODE_READ_WRITE, NULL, NULL,
		    &database, NULL) != NOTMUCH_STATUS_SUCCESS ||
		write(STDOUT_FILENO, "x", 1) != 1)
		return 1;
	pause();
	return 0;
}

static GPid lock_store(void)
{
	g_autofree char *self = g_file_read_link("/proc/self/exe", NULL);
	const char *const argv[] = {self, "--lock", NULL};
	int output = -1;
	char byte;
	GPid pid;

	assert_true(g_spawn_async_with_pipes(NULL, (char **)argv, NULL, G_SPAWN_DO_NOT_REAP_CHILD,
		NULL, NULL, &pid, NULL, &output, NULL, NULL));
	assert_int_equal(read(output, &byte, 1), 1);
	close(output);
	return pid;
}

static void unlock_store(GPid pid)
{
	kill(pid, SIGKILL);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
}

static void takes_back_what_is_not_written_yet(void **state)
{
	struct desk *desk = desk_new();
	g_autofree char *before = tags();
	GPid pid = lock_store();

	(void)state;
	label(desk, "+a");
	act(desk, "rule", "+b", "esp/acme", NEW_PATH, NULL, NEW_TEXT);
	/* the second waits behind the first, which is on its way */
	g_autofree char *what = undo_last(desk->undo, desk->tagger, desk->repo, NULL);
	assert_string_equal(what, "rule");
	assert_file(desk->scratch->path, NEW_PATH, NULL);
	assert_int_equal(tagger_waiting(desk->tagger), 1);
	assert_undoes_not(desk, ESPIAL_ERROR_LOCKED, "undo in a moment");
	unlock_store(pid);
	settle(desk);
	g_autofree char *labelled = notmuch_of(ARGS("search", "--output=messages", "tag:esp/acme"));
	assert_string_equal(labelled, "id:a@example.com\n");
	must_undo(desk, "label");
	assert_tags(before);
	desk_free(desk);
}

static void knows_whose_changes_are_written(void **state)
{
	struct undo *undo = undo_new();
	g_autoptr(GPtrArray) changes = changes_of("+a", "x");

	(void)state;
	assert_false(undo_written(undo, 1, changes));
	undo_add(undo, "label", 7, NULL);
	undo_add(undo, "commit", 0, "0123456789012345678901234567890123456789");
	assert_true(undo_written(undo, 7, changes));
	assert_false(undo_written(undo, 8, changes));
	/* 0 is no batch, though an action without one has it */
	assert_false(undo_written(undo, 0, changes));
	undo_free(undo);
	undo_free(NULL);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(undoes_nothing_where_nothing_was_done),
		cmocka_unit_test(restores_tags_as_they_were),
		cmocka_unit_test(restores_what_changed_twice),
		cmocka_unit_test(goes_on_where_a_message_is_gone),
		cmocka_unit_test(undoes_a_label_with_its_rule),
		cmocka_unit_test(undoes_the_last_first),
		cmocka_unit_test(undoes_a_revert),
		cmocka_unit_test(names_forge_nothing_in_the_history),
		cmocka_unit_test(keeps_what_conflicts),
		cmocka_unit_test(goes_on_once_the_ruleset_is_unlocked),
		cmocka_unit_test(restores_tags_of_what_others_reverted),
		cmocka_unit_test(goes_on_with_the_tags_where_they_failed),
		cmocka_unit_test(takes_back_what_is_not_written_yet),
		cmocka_unit_test(knows_whose_changes_are_written),
	};

	if (argc == 2 && strcmp(argv[1], "--lock") == 0)
		return hold_lock();
	the_home();
	return cmocka_run_group_tests(tests, NULL, remove_home);
}
