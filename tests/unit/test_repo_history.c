/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The history of rulesets, their patches and files, against what git(1) prints of the same.
 */
#include "rules/repo.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "tests/unit/git_scratch.h"

#ifdef __SANITIZE_ADDRESS__
#include <sanitizer/lsan_interface.h>
#else
#define __lsan_disable() (void)0
#define __lsan_enable() (void)0
#endif

#define OTHER_PATH "trackers/other/open.yaml"
#define MANY 5000
#define PATCH_MAX ((size_t)1 << 20)
#define PATCH_CUT "\n[the patch is longer: git show has all of it]\n"

static GPtrArray *log_of(struct repo *repo, const char *path, unsigned skip, unsigned limit)
{
	g_autoptr(GError) error = NULL;
	GPtrArray *commits = repo_log(repo, path, skip, limit, &error);

	if (!commits)
		fail_msg("%s", error->message);
	return commits;
}

static char *ids_of(const GPtrArray *commits)
{
	GString *ids = g_string_new(NULL);

	for (guint i = 0; i < commits->len; i++)
		g_string_append_printf(
			ids, "%s\n", ((const struct repo_commit *)commits->pdata[i])->id);
	return g_string_free(ids, FALSE);
}

static char *listing_of(const GPtrArray *commits)
{
	GString *list = g_string_new(NULL);

	for (guint i = 0; i < commits->len; i++) {
		const struct repo_commit *commit = commits->pdata[i];

		g_string_append_printf(list, "%s|%s|%s|%" G_GINT64_FORMAT "|%s\n", commit->id,
			commit->author, commit->email, commit->time, commit->subject);
	}
	return g_string_free(list, FALSE);
}

/* A commit by somebody else, at a time. */
static void commit_at(const struct scratch *scratch, gint64 when, const char *subject)
{
	g_autofree char *date = g_strdup_printf("@%" G_GINT64_FORMAT " +0300", when);

	g_setenv("GIT_AUTHOR_DATE", date, TRUE);
	g_setenv("GIT_COMMITTER_DATE", date, TRUE);
	git_do(scratch, "commit", "-q", "-a", "--allow-empty", "-m", subject);
	g_unsetenv("GIT_AUTHOR_DATE");
	g_unsetenv("GIT_COMMITTER_DATE");
}

static void change_at(
	const struct scratch *scratch, const char *path, gint64 when, const char *subject)
{
	g_autofree char *text = g_strdup_printf("%s" RULE_TEXT, subject);

	put(scratch->path, path, text);
	git_do(scratch, "add", path);
	commit_at(scratch, when, subject);
}

/* Side branches, one of them with clocks that go wrong; merges, one of them with its own change. */
static void branch_and_merge(const struct scratch *scratch)
{
	change_at(scratch, RULE_PATH, 1900000000, "on main");
	git_do(scratch, "checkout", "-q", "-b", "side");
	change_at(scratch, OTHER_PATH, 1900000100, "on side");
	change_at(scratch, "esps/side.yaml", 1800000000, "before its parent");
	git_do(scratch, "checkout", "-q", "main");
	change_at(scratch, RULE_PATH, 1900000100, "again on main");
	git_do(scratch, "merge", "-q", "-m", "Merge side", "side");
	git_do(scratch, "checkout", "-q", "-b", "evil");
	change_at(scratch, OTHER_PATH, 1900000200, "on evil");
	git_do(scratch, "checkout", "-q", "main");
	change_at(scratch, "esps/main.yaml", 1900000200, "main meanwhile");
	git_do(scratch, "merge", "-q", "--no-commit", "evil");
	put(scratch->path, OTHER_PATH, "neither this nor that\n");
	commit_at(scratch, 1900000300, "Merge evil, changing it");
}

/* ---- lists ---- */

static void lists_what_git_lists(void **state)
{
	struct scratch *scratch = scratch_new();
	struct repo *repo = ruleset_new(scratch);

	(void)state;
	for (int i = 0; i < 20; i++)
		commit_at(scratch, 1900000000 + (i / 3) * 1000, i % 2 ? "odd: ü" : "even");
	put(scratch->path, RULE_PATH, "changed\n");
	git_do(scratch, "commit", "-q", "-a", "-m", "a\nsubject of two lines", "-m", "Body", "-m",
		"Rule: acme/click");
	g_autoptr(GPtrArray) commits = log_of(repo, NULL, 0, 0);
	g_autofree char *listing = listing_of(commits);
	assert_git(listing, scratch, "log", "--format=%H|%an|%ae|%at|%s");
	const struct repo_commit *first = commits->pdata[0];
	assert_string_equal(
		first->message, "a\nsubject of two lines\n\nBody\n\nRule: acme/click\n");
	repo_close(repo);
	scratch_free(scratch);
}

static void assert_children_first(const struct scratch *scratch, const GPtrArray *commits)
{
	g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);

	for (guint i = 0; i < commits->len; i++) {
		const struct repo_commit *commit = commits->pdata[i];
		g_autofree char *parents = git(scratch, "log", "-1", "--format=%P", commit->id);
		g_auto(GStrv) ids = g_strsplit(g_strstrip(parents), " ", -1);

		for (guint p = 0; ids[p]; p++)
			assert_false(g_hash_table_contains(seen, ids[p]));
		assert_true(g_hash_table_add(seen, (char *)commit->id));
	}
}

static void lists_merges_children_first(void **state)
{
	struct scratch *scratch = scratch_new();
	struct repo *repo = ruleset_new(scratch);

	(void)state;
	branch_and_merge(scratch);
	g_autoptr(GPtrArray) commits = log_of(repo, NULL, 0, 0);
	g_autofree char *ids = ids_of(commits);
	g_autofree char *found = sorted(ids);
	g_autofree char *listed = git(scratch, "rev-list", "HEAD");
	g_autofree char *expected = sorted(listed);
	assert_string_equal(found, expected);
	assert_children_first(scratch, commits);
	repo_close(repo);
	scratch_free(scratch);
}

static void pages_as_one_list(void **state)
{
	struct scratch *scratch = scratch_new();
	struct repo *repo = ruleset_new(scratch);

	(void)state;
	branch_and_merge(scratch);
	for (const char *const *path = (const char *const[]){"", RULE_PATH, OTHER_PATH, NULL};
		*path; path++) {
		const char *only = **path ? *path : NULL;
		g_autoptr(GPtrArray) all = log_of(repo, only, 0, 0);
		g_autofree char *ids = ids_of(all);

		for (unsigned step = 1; step <= all->len + 1; step++) {
			GString *pages = g_string_new(NULL);

			for (unsigned skip = 0; skip <= all->len; skip += step) {
				g_autoptr(GPtrArray) page = log_of(repo, only, skip, step);
				g_autofree char *some = ids_of(page);

				assert_int_equal(page->len, MIN(step, all->len - skip));
				g_string_append(pages, some);
			}
			assert_string_equal(pages->str, ids);
			g_string_free(pages, TRUE);
		}
		g_autoptr(GPtrArray) beyond = log_of(repo, only, all->len, 0);
		assert_int_equal(beyond->len, 0);
		g_autoptr(GPtrArray) far = log_of(repo, only, G_MAXUINT, G_MAXUINT);
		assert_int_equal(far->len, 0);
	}
	repo_close(repo);
	scratch_free(scratch);
}

/* The commits of which git prints the path as changed; of a merge, against each parent (-c). */
static char *changing(const struct scratch *scratch, const char *path)
{
	GString *ids = g_string_new(NULL);
	g_autofree char *all = git(scratch, "rev-list", "HEAD");
	g_auto(GStrv) lines = g_strsplit(g_strstrip(all), "\n", -1);

	for (guint i = 0; lines[i]; i++) {
		g_autofree char *changed = git(scratch, "diff-tree", "-r", "-c", "--root",
			"--no-commit-id", "--name-only", lines[i], "--", path);

		if (*changed)
			g_string_append_printf(ids, "%s\n", lines[i]);
	}
	return g_string_free(ids, FALSE);
}

static void lists_what_changed_a_path(void **state)
{
	static const char *const paths[] = {RULE_PATH, OTHER_PATH, "esps/side.yaml", ESP_PATH,
		"gone.yaml", "nowhere", "esps/acme.yaml/deeper"};
	struct scratch *scratch = scratch_new();
	struct repo *repo = ruleset_new(scratch);

	(void)state;
	branch_and_merge(scratch);
	change_at(scratch, "gone.yaml", 1900000400, "comes");
	git_do(scratch, "rm", "-q", "gone.yaml");
	commit_at(scratch, 1900000500, "goes");
	git_do(scratch, "gc", "-q");
	git_do(scratch, "commit-graph", "write", "--reachable");
	for (size_t i = 0; i < G_N_ELEMENTS(paths); i++) {
		g_autoptr(GPtrArray) commits = log_of(repo, paths[i], 0, 0);
		g_autofree char *ids = ids_of(commits);
		g_autofree char *listed = changing(scratch, paths[i]);
		g_autofree char *found = sorted(ids);
		g_autofree char *expected = sorted(listed);

		if (strcmp(found, expected) != 0)
			fail_msg("%s:\n%sbut git:\n%s", paths[i], found, expected);
	}
	g_autoptr(GPtrArray) merges = log_of(repo, OTHER_PATH, 0, 1);
	const struct repo_commit *evil = merges->pdata[0];
	assert_string_equal(evil->subject, "Merge evil, changing it");
	repo_close(repo);
	scratch_free(scratch);
}

static void reports_history_that_is_missing(void **state)
{
	struct scratch *scratch = scratch_new();
	struct repo *repo = ruleset_new(scratch);
	g_autofree char *root = git(scratch, "rev-parse", "HEAD");
	g_autoptr(GError) error = NULL;

	(void)state;
	commit_at(scratch, 1900000000, "second");
	commit_at(scratch, 1900000100, "third");
	repo_close(repo);
	g_strstrip(root);
	g_autofree char *object =
		g_strdup_printf("%s/.git/objects/%.2s/%s", scratch->path, root, root + 2);
	assert_int_equal(g_unlink(object), 0);
	repo = open_repo(scratch);
	__lsan_disable(); /* libgit2 1.5 leaks then */
	assert_null(repo_log(repo, NULL, 0, 0, &error));
	__lsan_enable();
	assert_non_null(error);
	assert_non_null(strstr(error->message, "history"));
	repo_close(repo);
	scratch_free(scratch);
}

/* A commit object as no git would make it, on top of HEAD. */
static void add_raw_commit(
	const struct scratch *scratch, const char *headers, const char *message, size_t len)
{
	g_autofree char *tree = git(scratch, "rev-parse", "HEAD^{tree}");
	g_autofree char *head = git(scratch, "rev-parse", "HEAD");
	g_autoptr(GString) object = g_string_new(NULL);

	g_string_append_printf(object, "tree %sparent %s%s\n", tree, head, headers);
	g_string_append_len(object, message, (gssize)len);
	auto_ran made = run_on(scratch->path, object->str, object->len,
		ARGS("git", "hash-object", "-t", "commit", "-w", "--stdin", "--literally"));
	assert_int_equal(made.status, 0);
	git_do(scratch, "update-ref", "HEAD", g_strstrip(made.output));
}

#define WHO                                                                                  \
	"author A <a@example.org> 1900000000 +0000\ncommitter A <a@example.org> 1900000000 " \
	"+0000\n"

static void survives_hostile_commits(void **state)
{
	static const struct {
		const char *headers;
		const char *message;
		size_t len;
	} commits[] = {
		{WHO, "", 0},
		{WHO, "\n\n\n", 3},
		{WHO, "\x1b]0;title\x07\x1b[2J\r\xff\xfe\x80\n\nbody\x9b\n", 23},
		{WHO, "one\0two\n", 8},
		{WHO "encoding ISO-8859-1\n", "gr\xfc\xdf\n", 5},
		{WHO "gpgsig -----BEGIN\n x\n x\n", "signed\n", 7},
		{"author \x1b[31mRed\x1b[0m <a\xff@example.org> 99999999999999 +9999\n"
		 "committer <> 1 +0000\n",
			"times\n", 6},
		{"author A <a@example.org> -1 -0000\ncommitter A <a@example.org> 0 +0000\n",
			"before the epoch\n", 17},
	};
	struct scratch *scratch = scratch_new();
	struct repo *repo = ruleset_new(scratch);
	g_autofree char *wide = g_strnfill(300000, 'w');

	(void)state;
	for (size_t i = 0; i < G_N_ELEMENTS(commits); i++)
		add_raw_commit(scratch, commits[i].headers, commits[i].message, commits[i].len);
	add_raw_commit(scratch, WHO, wide, strlen(wide));
	g_autoptr(GPtrArray) log = log_of(repo, NULL, 0, 0);
	assert_int_equal(log->len, G_N_ELEMENTS(commits) + 2);
	for (guint i = 0; i < log->len; i++) {
		const struct repo_commit *commit = log->pdata[i];
		g_autofree char *diff = repo_diff(repo, commit->id, NULL);
		g_autofree char *line = repo_message_line(commit->subject, 60);

		assert_non_null(commit->author);
		assert_non_null(commit->email);
		assert_non_null(commit->message);
		assert_non_null(diff);
		assert_true(g_utf8_validate(line, -1, NULL) && strlen(line) <= 60);
		assert_null(strpbrk(line, "\x1b\r\n\x07"));
	}
	const struct repo_commit *times = log->pdata[2];
	assert_string_equal(times->subject, "times");
	assert_int_equal(times->time, 99999999999999);
	repo_close(repo);
	scratch_free(scratch);
}

/* ---- a long history ---- */

static void put_commit(GString *stream, unsigned number)
{
	const char *name = number % 100 ? "trackers/acme/r.yaml" : RULE_PATH;
	g_autofree char *text = g_strdup_printf("rule: %u\n", number);
	g_autofree char *message = g_strdup_printf("acme: change %u\n", number);

	g_string_append_printf(stream,
		"commit refs/heads/main\ncommitter A <a@example.org> %u +0000\ndata %zu\n%s",
		1900000000 + number, strlen(message), message);
	if (!number)
		g_string_append(stream, "from refs/heads/main^0\n");
	g_string_append_printf(
		stream, "M 100644 inline %s\ndata %zu\n%s\n", name, strlen(text), text);
}

static void import(const struct scratch *scratch, const GString *stream)
{
	auto_ran ran = run_on(
		scratch->path, stream->str, stream->len, ARGS("git", "fast-import", "--quiet"));

	if (ran.status != 0)
		fail_msg("%s", ran.errors);
	git_do(scratch, "reset", "-q", "--hard");
}

static double measured(
	struct repo *repo, const char *path, unsigned skip, unsigned limit, unsigned expected)
{
	gint64 before = g_get_monotonic_time();
	g_autoptr(GPtrArray) commits = log_of(repo, path, skip, limit);

	assert_int_equal(commits->len, expected);
	return (double)(g_get_monotonic_time() - before) / 1000;
}

static void lists_a_long_history(void **state)
{
	struct scratch *scratch = scratch_new();
	struct repo *repo = ruleset_new(scratch);
	g_autoptr(GString) stream = g_string_new(NULL);

	(void)state;
	for (unsigned i = 0; i < MANY; i++)
		put_commit(stream, i);
	import(scratch, stream);
	assert_true(repo_moved(repo));
	print_message("%d commits: first page %.0f ms, last %.0f ms, all %.0f ms, "
		      "those of one rule %.0f ms\n",
		MANY, measured(repo, NULL, 0, 100, 100), measured(repo, NULL, MANY - 100, 100, 100),
		measured(repo, NULL, 0, 0, MANY + 1),
		measured(repo, RULE_PATH, 0, 0, MANY / 100 + 1));
	g_autoptr(GPtrArray) all = log_of(repo, NULL, 0, 0);
	g_autofree char *listing = listing_of(all);
	assert_git(listing, scratch, "log", "--format=%H|%an|%ae|%at|%s");
	repo_close(repo);
	scratch_free(scratch);
}

/* ---- patches ---- */

static char *diff_of(struct repo *repo, const char *id)
{
	g_autoptr(GError) error = NULL;
	char *diff = repo_diff(repo, id, &error);

	if (!diff)
		fail_msg("%s", error->message);
	return diff;
}

static char *head_of(const struct scratch *scratch)
{
	return g_strstrip(git(scratch, "rev-parse", "HEAD"));
}

/* espial's patch of HEAD is git's. */
static void assert_same_patch(const struct scratch *scratch, struct repo *repo, const char *from)
{
	g_autofree char *id = head_of(scratch);
	g_autofree char *diff = diff_of(repo, id);

	assert_git(diff, scratch, "diff", "--no-renames", "--abbrev=7", from, "HEAD");
}

static void shows_the_patch_that_git_shows(void **state)
{
	struct scratch *scratch = scratch_new();
	struct repo *repo = ruleset_new(scratch);
	g_autofree char *empty = git(scratch, "hash-object", "-t", "tree", "/dev/null");

	(void)state;
	assert_same_patch(scratch, repo, g_strstrip(empty));
	put(scratch->path, RULE_PATH, RULE_TEXT "decode: opaque\nno newline at the end");
	put(scratch->path, "a-b/ü\t\"quoted\\.yaml", "odd name\n");
	git_do(scratch, "rm", "-q", OTHER_PATH);
	git_do(scratch, "add", "-A");
	git_do(scratch, "update-index", "--chmod=+x", ESP_PATH);
	git_do(scratch, "commit", "-q", "-m", "Many kinds");
	assert_same_patch(scratch, repo, "HEAD^");
	g_autofree char *link_path = g_build_filename(scratch->path, "link", NULL);
	assert_int_equal(symlink("esps", link_path), 0);
	put(scratch->path, RULE_PATH, "\x1b[31m\xff\xfe\r\nhostile\x9b\n");
	git_do(scratch, "add", "-A");
	git_do(scratch, "commit", "-q", "-m", "Hostile");
	assert_same_patch(scratch, repo, "HEAD^");
	repo_close(repo);
	scratch_free(scratch);
}

static void shows_merges_against_the_first_parent(void **state)
{
	struct scratch *scratch = scratch_new();
	struct repo *repo = ruleset_new(scratch);

	(void)state;
	branch_and_merge(scratch);
	assert_same_patch(scratch, repo, "HEAD^1");
	commit_at(scratch, 1900001000, "Empty");
	assert_same_patch(scratch, repo, "HEAD^");
	repo_close(repo);
	scratch_free(scratch);
}

static void commit_bytes(const struct scratch *scratch, const char *bytes, size_t len)
{
	g_autofree char *path = g_build_filename(scratch->path, "bytes", NULL);

	assert_true(g_file_set_contents(path, bytes, (gssize)len, NULL));
	git_do(scratch, "add", "bytes");
	git_do(scratch, "commit", "-q", "-m", "Bytes");
}

static void shows_no_binary_files(void **state)
{
	struct scratch *scratch = scratch_new();
	struct repo *repo = ruleset_new(scratch);
	g_autofree char *late = g_strnfill(10000, 'x');

	(void)state;
	commit_bytes(scratch, "\0\1\2\3", 4);
	assert_same_patch(scratch, repo, "HEAD^");
	/* one that git takes for text: the string must not end there */
	commit_bytes(scratch, "", 0);
	memcpy(late + 9000, "\nA\0B\nlast\n", 10);
	late[9010] = '\0';
	commit_bytes(scratch, late, 9010);
	g_autofree char *id = head_of(scratch);
	g_autofree char *diff = diff_of(repo, id);
	if (!strstr(diff, "\n+A?B\n+last\n"))
		fail_msg("%zu bytes: …%s", strlen(diff), diff + MAX(strlen(diff), 300) - 300);
	repo_close(repo);
	scratch_free(scratch);
}

static void assert_cut(const struct scratch *scratch, struct repo *repo)
{
	g_autofree char *id = head_of(scratch);
	g_autofree char *diff = diff_of(repo, id);
	g_autofree char *whole = git(scratch, "diff", "--abbrev=7", "HEAD^", "HEAD");
	size_t kept = strlen(diff);

	assert_int_equal(kept, PATCH_MAX);
	assert_true(strlen(whole) > PATCH_MAX);
	assert_true(g_str_has_suffix(diff, PATCH_CUT));
	kept -= strlen(PATCH_CUT);
	assert_memory_equal(diff, whole, kept);
}

static void cuts_patches_at_a_mebibyte(void **state)
{
	struct scratch *scratch = scratch_new();
	struct repo *repo = ruleset_new(scratch);
	g_autofree char *text = g_strnfill(3 * PATCH_MAX, 'x');
	size_t most;

	(void)state;
	commit_bytes(scratch, "", 0);
	/* one line too many bytes, with and without an end */
	commit_bytes(scratch, text, 3 * PATCH_MAX);
	assert_cut(scratch, repo);
	text[3 * PATCH_MAX - 1] = '\n';
	commit_bytes(scratch, text, 3 * PATCH_MAX);
	assert_cut(scratch, repo);
	/* many lines */
	for (size_t i = 79; i < 3 * PATCH_MAX; i += 80)
		text[i] = '\n';
	commit_bytes(scratch, "", 0);
	commit_bytes(scratch, text, 3 * PATCH_MAX);
	assert_cut(scratch, repo);
	/* to the byte */
	commit_bytes(scratch, "", 0);
	memset(text, 'y', 3 * PATCH_MAX);
	commit_bytes(scratch, "y\n", 2);
	g_autofree char *id = head_of(scratch);
	g_autofree char *small = diff_of(repo, id);
	most = PATCH_MAX - strlen(small) + 2;
	text[most - 1] = '\n';
	commit_bytes(scratch, "", 0);
	commit_bytes(scratch, text, most);
	assert_same_patch(scratch, repo, "HEAD^");
	text[most - 1] = 'y';
	text[most] = '\n';
	commit_bytes(scratch, "", 0);
	commit_bytes(scratch, text, most + 1);
	assert_cut(scratch, repo);
	repo_close(repo);
	scratch_free(scratch);
}

static void knows_only_commits_by_their_ids(void **state)
{
	struct scratch *scratch = scratch_new();
	struct repo *repo = ruleset_new(scratch);
	g_autofree char *id = head_of(scratch);
	g_autofree char *tree = g_strstrip(git(scratch, "rev-parse", "HEAD^{tree}"));
	g_autofree char *blob = g_strstrip(git(scratch, "rev-parse", "HEAD:" RULE_PATH));
	g_autofree char *shorter = g_strndup(id, 12);
	g_autofree char *longer = g_strconcat(id, "0", NULL);
	g_autofree char *wide = g_strnfill(64, 'a');
	const char *const ids[] = {"", "HEAD", "main", "zz", shorter, longer, tree, blob, wide,
		"0000000000000000000000000000000000000000",
		"0123456789012345678901234567890123456789",
		"g123456789012345678901234567890123456789"};

	(void)state;
	for (size_t i = 0; i < G_N_ELEMENTS(ids); i++) {
		g_autoptr(GError) error = NULL;
		g_autofree char *diff = repo_diff(repo, ids[i], &error);

		if (diff)
			fail_msg("%s is a commit", ids[i]);
		assert_refused(error, ESPIAL_ERROR_NOT_FOUND, "no such commit", ids[i]);
	}
	repo_close(repo);
	scratch_free(scratch);
}

/* ---- files ---- */

static void assert_repo_file(struct repo *repo, const char *path, const char *text)
{
	g_autoptr(GError) error = NULL;
	g_autofree char *found = repo_file(repo, path, &error);

	if (error)
		fail_msg("%s: %s", path, error->message);
	if (!text != !found)
		fail_msg("%s is %s HEAD", path, found ? "in" : "not in");
	if (text)
		assert_string_equal(found, text);
}

static void reads_files_of_the_last_commit(void **state)
{
	struct scratch *scratch = scratch_new();
	struct repo *repo = ruleset_new(scratch);

	(void)state;
	put(scratch->path, RULE_PATH, "not committed\n");
	put(scratch->path, "esps/untracked.yaml", "not committed\n");
	assert_repo_file(repo, RULE_PATH, RULE_TEXT);
	assert_repo_file(repo, "esps/untracked.yaml", NULL);
	assert_repo_file(repo, "esps", NULL);
	assert_repo_file(repo, "", NULL);
	assert_repo_file(repo, "/" RULE_PATH, NULL);
	assert_repo_file(repo, RULE_PATH "/x", NULL);
	assert_repo_file(repo, "../" RULE_PATH, NULL);
	git_do(scratch, "commit", "-q", "-a", "-m", "Theirs");
	assert_repo_file(repo, RULE_PATH, "not committed\n");
	git_do(scratch, "gc", "-q", "--prune=now");
	assert_repo_file(repo, RULE_PATH, "not committed\n");
	repo_close(repo);
	scratch_free(scratch);
}

/* ---- lines for messages ---- */

static void assert_line(const char *text, size_t max, const char *expected)
{
	g_autofree char *line = repo_message_line(text, max);

	if (strcmp(line, expected) != 0)
		fail_msg("\"%s\" at most %zu: \"%s\", not \"%s\"", text, max, line, expected);
}

static void makes_one_safe_line(void **state)
{
	static const char *const pairs[][2] = {
		{"plain", "plain"},
		{"", ""},
		{"  \t\r\n ", ""},
		{" a \t\r\n\n b ", "a b"},
		{"a\nRule: evil/rule", "a Rule: evil/rule"},
		{"a\u2028b\u2029c", "a b c"},
		{"a\u00a0b\u3000c", "a b c"},
		{"tab\vx\fy", "tab?x y"},
		{"\x1b[31m\x07\x7f", "?[31m??"},
		{"c1 \xc2\x9b\xc2\x85", "c1 ??"},
		{"\xff\xfe\x80", "???"},
		{"\xc3", "?"},
		{"\xed\xa0\x80", "???"},
		{"\u202e\u2066\u200e\u061c", "????"},
		{"\u200b\u2060\ufeff\u00ad", "????"},
		{"\u034f\u115f\u3164\uffa0\u2800\ufe0f", "??????"},
		{"\U000e0041\U000e0100", "??"},
		{"\ue000\U000f0000\ufffe", "???"},
		{"\ufffd", "?"},
		{"ü € 漢 \U0001f381 e\u0301", "ü € 漢 \U0001f381 e\u0301"},
	};

	(void)state;
	for (size_t i = 0; i < G_N_ELEMENTS(pairs); i++)
		assert_line(pairs[i][0], 100, pairs[i][1]);
	assert_line(NULL, 100, "");
}

static void cuts_lines_at_characters(void **state)
{
	g_autofree char *text = g_strnfill(1000, 'x');

	(void)state;
	assert_line("abcdef", 6, "abcdef");
	assert_line("abcdef", 5, "abcde");
	assert_line("abcdef", 0, "");
	assert_line("abc def", 4, "abc");
	assert_line("abc  def", 5, "abc d");
	assert_line("üü", 3, "ü");
	assert_line("€", 2, "");
	assert_line("a\U0001f381", 4, "a");
	g_autofree char *line = repo_message_line(text, 72);
	assert_int_equal(strlen(line), 72);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lists_what_git_lists),
		cmocka_unit_test(lists_merges_children_first),
		cmocka_unit_test(pages_as_one_list),
		cmocka_unit_test(lists_what_changed_a_path),
		cmocka_unit_test(reports_history_that_is_missing),
		cmocka_unit_test(survives_hostile_commits),
		cmocka_unit_test(lists_a_long_history),
		cmocka_unit_test(shows_the_patch_that_git_shows),
		cmocka_unit_test(shows_merges_against_the_first_parent),
		cmocka_unit_test(shows_no_binary_files),
		cmocka_unit_test(cuts_patches_at_a_mebibyte),
		cmocka_unit_test(knows_only_commits_by_their_ids),
		cmocka_unit_test(reads_files_of_the_last_commit),
		cmocka_unit_test(makes_one_safe_line),
		cmocka_unit_test(cuts_lines_at_characters),
	};

	the_home();
	return cmocka_run_group_tests(tests, NULL, remove_home);
}
