/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Reverting commits of rulesets, against what `git revert` makes of the same.
 */
#include "rules/repo.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "tests/unit/git_scratch.h"

#define NEW_PATH "trackers/acme/new.yaml"
#define NEW_TEXT "id: acme/new\nesp: acme\n"

static char *head_of(const struct scratch *scratch)
{
	return g_strstrip(git(scratch, "rev-parse", "HEAD"));
}

static char *tree_of(const struct scratch *scratch)
{
	return git(scratch, "rev-parse", "HEAD^{tree}");
}

/* Commits all that is changed and returns the id. */
static char *commit_all(const struct scratch *scratch, const char *subject)
{
	git_do(scratch, "add", "-A");
	git_do(scratch, "commit", "-q", "-m", subject);
	return head_of(scratch);
}

static void must_revert(struct repo *repo, const char *id, char new_id[REPO_ID_SIZE])
{
	g_autofree char *message =
		g_strdup_printf("Revert \"a change\"\n\nThis reverts commit %s.\n", id);
	g_autoptr(GError) error = NULL;

	if (!repo_revert(repo, id, message, new_id, &error))
		fail_msg("%s", error->message);
}

static void assert_reverts_not(const struct scratch *scratch, struct repo *repo, const char *id,
	enum espial_error code, const char *says)
{
	g_autofree char *before = snapshot(scratch);
	g_autoptr(GError) error = NULL;
	char new_id[REPO_ID_SIZE];

	if (repo_revert(repo, id, "Revert", new_id, &error))
		fail_msg("%s was reverted, though %s", id, says);
	assert_refused(error, code, says);
	g_autofree char *after = snapshot(scratch);
	assert_string_equal(before, after);
}

/* The tree that `git revert` makes, in a clone. */
static char *reverted_by_git(const struct scratch *scratch, const char *id)
{
	struct scratch clone = *scratch;
	char *tree;

	clone.path = g_build_filename(scratch->dir, "clone", NULL);
	git_do(scratch, "clone", "-q", ".", clone.path);
	git_do(&clone, "revert", "--no-edit", id);
	tree = tree_of(&clone);
	remove_all(clone.path);
	g_free(clone.path);
	return tree;
}

static void assert_reverts_as_git(const struct scratch *scratch, struct repo *repo, const char *id)
{
	g_autofree char *tree = reverted_by_git(scratch, id);
	g_autofree char *parent = head_of(scratch);
	char new_id[REPO_ID_SIZE];

	must_revert(repo, id, new_id);
	assert_git(tree, scratch, "rev-parse", "HEAD^{tree}");
	g_autofree char *head = head_of(scratch);
	assert_string_equal(head, new_id);
	g_autofree char *grand = g_strstrip(git(scratch, "rev-parse", "HEAD^@"));
	assert_string_equal(grand, parent);
	assert_sound(scratch);
}

/* ---- what can be reverted ---- */

static void reverts_additions_changes_and_deletions(void **state)
{
	struct scratch *scratch = scratch_new();
	struct repo *repo = ruleset_new(scratch);
	g_autofree char *tree = tree_of(scratch);

	(void)state;
	must_commit(repo, NEW_PATH, NULL, NEW_TEXT);
	g_autofree char *added = head_of(scratch);
	assert_reverts_as_git(scratch, repo, added);
	assert_file(scratch->path, NEW_PATH, NULL);
	must_commit(repo, RULE_PATH, RULE_TEXT, RULE_TEXT "decode: opaque\n");
	g_autofree char *changed = head_of(scratch);
	assert_reverts_as_git(scratch, repo, changed);
	assert_file(scratch->path, RULE_PATH, RULE_TEXT);
	must_commit(repo, RULE_PATH, RULE_TEXT, NULL);
	g_autofree char *deleted = head_of(scratch);
	assert_reverts_as_git(scratch, repo, deleted);
	assert_file(scratch->path, RULE_PATH, RULE_TEXT);
	assert_git(tree, scratch, "rev-parse", "HEAD^{tree}");
	g_autofree char *message = git(scratch, "log", "-1", "--format=%B");
	assert_non_null(strstr(message, "\n\nThis reverts commit "));
	repo_close(repo);
	scratch_free(scratch);
}

static void reverts_a_revert(void **state)
{
	struct scratch *scratch = scratch_new();
	struct repo *repo = ruleset_new(scratch);

	(void)state;
	must_commit(repo, NEW_PATH, NULL, NEW_TEXT);
	g_autofree char *id = head_of(scratch);
	g_autofree char *with = tree_of(scratch);
	assert_reverts_as_git(scratch, repo, id);
	g_autofree char *revert = head_of(scratch);
	assert_reverts_as_git(scratch, repo, revert);
	assert_git(with, scratch, "rev-parse", "HEAD^{tree}");
	assert_file(scratch->path, NEW_PATH, NEW_TEXT);
	repo_close(repo);
	scratch_free(scratch);
}

static void reverts_under_later_commits(void **state)
{
	struct scratch *scratch = scratch_new();
	struct repo *repo = ruleset_new(scratch);
	g_autofree char *lines = g_strdup("1\n2\n3\n4\n5\n6\n7\n8\n9\n");

	(void)state;
	put(scratch->path, RULE_PATH, lines);
	g_free(commit_all(scratch, "Lines"));
	put(scratch->path, RULE_PATH, "one\n2\n3\n4\n5\n6\n7\n8\n9\n");
	put(scratch->path, "esps/together.yaml", "id: together\n");
	g_autofree char *id = commit_all(scratch, "First line, and a file");
	put(scratch->path, RULE_PATH, "one\n2\n3\n4\n5\n6\n7\n8\nnine\n");
	g_free(commit_all(scratch, "Last line"));
	assert_reverts_as_git(scratch, repo, id);
	assert_file(scratch->path, RULE_PATH, "1\n2\n3\n4\n5\n6\n7\n8\nnine\n");
	assert_file(scratch->path, "esps/together.yaml", NULL);
	repo_close(repo);
	scratch_free(scratch);
}

static void reverts_whatever_the_bytes(void **state)
{
	struct scratch *scratch = scratch_new();
	struct repo *repo = ruleset_new(scratch);
	g_autofree char *path = g_build_filename(scratch->path, "logo.png", NULL);

	(void)state;
	assert_true(g_file_set_contents(path, "\x89PNG\0one\0\r\n\xff", 13, NULL));
	put(scratch->path, "README.md", "Ours\r\n");
	g_free(commit_all(scratch, "Logo"));
	assert_true(g_file_set_contents(path, "\x89PNG\0two\0\r\n\xfe", 13, NULL));
	put(scratch->path, "README.md", "Theirs\n");
	g_autofree char *changed = commit_all(scratch, "Another logo");
	assert_reverts_as_git(scratch, repo, changed);
	git_do(scratch, "rm", "-q", "logo.png", "README.md");
	g_autofree char *removed = commit_all(scratch, "No logo");
	assert_reverts_as_git(scratch, repo, removed);
	repo_close(repo);
	scratch_free(scratch);
}

static void reverts_modes_and_moves(void **state)
{
	struct scratch *scratch = scratch_new();
	struct repo *repo = ruleset_new(scratch);
	g_autofree char *tool = g_build_filename(scratch->path, "tool", NULL);

	(void)state;
	put(scratch->path, "tool", "#!/bin/sh\nexec true\n");
	assert_int_equal(g_chmod(tool, 0755), 0);
	g_free(commit_all(scratch, "Tool"));
	assert_int_equal(g_chmod(tool, 0644), 0);
	g_autofree char *mode = commit_all(scratch, "No tool");
	assert_reverts_as_git(scratch, repo, mode);
	assert_true(g_file_test(tool, G_FILE_TEST_IS_EXECUTABLE));
	put(scratch->path, "tool", "#!/bin/sh\nexec false\n");
	g_autofree char *text = commit_all(scratch, "Another tool");
	assert_reverts_as_git(scratch, repo, text);
	assert_true(g_file_test(tool, G_FILE_TEST_IS_EXECUTABLE));
	git_do(scratch, "mv", RULE_PATH, "trackers/other/moved.yaml");
	g_autofree char *moved = commit_all(scratch, "Move");
	assert_reverts_as_git(scratch, repo, moved);
	assert_file(scratch->path, RULE_PATH, RULE_TEXT);
	repo_close(repo);
	scratch_free(scratch);
}

/* As `git revert` of a root commit: it leaves nothing. And that can be reverted too. */
static void reverts_the_first_commit(void **state)
{
	struct scratch *scratch = scratch_new();
	g_autoptr(GError) error = NULL;
	struct repo *repo = repo_create(scratch->path, scratch->seed, &error);

	(void)state;
	assert_non_null(repo);
	g_autofree char *id = head_of(scratch);
	g_autofree char *tree = tree_of(scratch);
	assert_reverts_as_git(scratch, repo, id);
	assert_git("", scratch, "ls-files");
	assert_true(repo_ready(repo, NULL));
	g_autofree char *revert = head_of(scratch);
	assert_reverts_as_git(scratch, repo, revert);
	assert_git(tree, scratch, "rev-parse", "HEAD^{tree}");
	must_commit(repo, NEW_PATH, NULL, NEW_TEXT);
	assert_sound(scratch);
	repo_close(repo);
	scratch_free(scratch);
}

static void leaves_other_changes_alone(void **state)
{
	struct scratch *scratch = scratch_new();
	struct repo *repo = ruleset_new(scratch);
	char new_id[REPO_ID_SIZE];

	(void)state;
	must_commit(repo, RULE_PATH, RULE_TEXT, RULE_TEXT "decode: opaque\n");
	g_autofree char *id = head_of(scratch);
	put(scratch->path, ESP_PATH, "staged\n");
	git_do(scratch, "add", ESP_PATH);
	put(scratch->path, "esps/other.yaml", "changed\n");
	put(scratch->path, NEW_PATH, "untracked\n");
	g_autofree char *status = git(scratch, "status", "--porcelain", "-uall");
	repo_moved(repo);
	must_revert(repo, id, new_id);
	assert_false(repo_moved(repo));
	assert_git(status, scratch, "status", "--porcelain", "-uall");
	assert_git("M\t" RULE_PATH "\n", scratch, "diff", "--name-status", "HEAD^", "HEAD");
	repo_close(repo);
	scratch_free(scratch);
}

/* ---- what cannot ---- */

static void refuses_where_later_commits_stand_in_the_way(void **state)
{
	struct scratch *scratch = scratch_new();
	struct repo *repo = ruleset_new(scratch);

	(void)state;
	must_commit(repo, RULE_PATH, RULE_TEXT, RULE_TEXT "decode: opaque\n");
	g_autofree char *id = head_of(scratch);
	must_commit(repo, RULE_PATH, RULE_TEXT "decode: opaque\n", RULE_TEXT "decode: none\n");
	assert_reverts_not(scratch, repo, id, ESPIAL_ERROR_CONFLICT, "same lines");
	must_commit(repo, RULE_PATH, RULE_TEXT "decode: none\n", NULL);
	assert_reverts_not(scratch, repo, id, ESPIAL_ERROR_CONFLICT, "same lines");
	repo_close(repo);
	scratch_free(scratch);
}

static void refuses_what_is_undone_already(void **state)
{
	struct scratch *scratch = scratch_new();
	struct repo *repo = ruleset_new(scratch);
	char new_id[REPO_ID_SIZE];

	(void)state;
	must_commit(repo, NEW_PATH, NULL, NEW_TEXT);
	g_autofree char *id = head_of(scratch);
	must_revert(repo, id, new_id);
	assert_reverts_not(scratch, repo, id, ESPIAL_ERROR_NOT_FOUND, "already undone");
	git_do(scratch, "commit", "-q", "--allow-empty", "-m", "Empty");
	g_autofree char *empty = head_of(scratch);
	assert_reverts_not(scratch, repo, empty, ESPIAL_ERROR_NOT_FOUND, "nothing to revert");
	repo_close(repo);
	scratch_free(scratch);
}

static void refuses_over_changes_of_the_file(void **state)
{
	struct scratch *scratch = scratch_new();
	struct repo *repo = ruleset_new(scratch);

	(void)state;
	must_commit(repo, RULE_PATH, RULE_TEXT, RULE_TEXT "decode: opaque\n");
	g_autofree char *id = head_of(scratch);
	put(scratch->path, RULE_PATH, RULE_TEXT "decode: opaque\nmine: 1\n");
	assert_reverts_not(scratch, repo, id, ESPIAL_ERROR_CONFLICT, "in the work tree");
	git_do(scratch, "add", RULE_PATH);
	put(scratch->path, RULE_PATH, RULE_TEXT "decode: opaque\n");
	assert_reverts_not(scratch, repo, id, ESPIAL_ERROR_CONFLICT, "staged");
	git_do(scratch, "reset", "-q", "--hard");
	must_commit(repo, RULE_PATH, RULE_TEXT "decode: opaque\n", NULL);
	g_autofree char *deletion = head_of(scratch);
	put(scratch->path, RULE_PATH, "back, and mine\n");
	assert_reverts_not(scratch, repo, deletion, ESPIAL_ERROR_CONFLICT, "not committed");
	repo_close(repo);
	scratch_free(scratch);
}

static void refuses_what_is_no_commit(void **state)
{
	struct scratch *scratch = scratch_new();
	struct repo *repo = ruleset_new(scratch);
	g_autofree char *id = head_of(scratch);
	g_autofree char *shorter = g_strndup(id, 10);
	g_autofree char *blob = g_strstrip(git(scratch, "rev-parse", "HEAD:" RULE_PATH));
	const char *const ids[] = {"", "HEAD", shorter, blob,
		"0123456789012345678901234567890123456789", "not hexadecimal; touch /tmp/x"};

	(void)state;
	for (size_t i = 0; i < G_N_ELEMENTS(ids); i++)
		assert_reverts_not(scratch, repo, ids[i], ESPIAL_ERROR_NOT_FOUND, "no such commit");
	repo_close(repo);
	scratch_free(scratch);
}

static void refuses_merges(void **state)
{
	struct scratch *scratch = scratch_new();
	struct repo *repo = ruleset_new(scratch);

	(void)state;
	git_do(scratch, "checkout", "-q", "-b", "side");
	must_commit(repo, NEW_PATH, NULL, NEW_TEXT);
	git_do(scratch, "checkout", "-q", "main");
	git_do(scratch, "merge", "-q", "--no-ff", "-m", "Merge", "side");
	g_autofree char *id = head_of(scratch);
	assert_reverts_not(scratch, repo, id, ESPIAL_ERROR_INVALID, "is a merge");
	repo_close(repo);
	scratch_free(scratch);
}

/* Links, submodules and what git reads itself are left to git. */
static void refuses_what_is_no_plain_file(void **state)
{
	struct scratch *scratch = scratch_new();
	struct repo *repo = ruleset_new(scratch);
	g_autofree char *link_path = g_build_filename(scratch->path, "link", NULL);
	g_autofree char *first = head_of(scratch);

	(void)state;
	assert_int_equal(symlink("/etc/passwd", link_path), 0);
	g_autofree char *linked = commit_all(scratch, "Link");
	assert_reverts_not(scratch, repo, linked, ESPIAL_ERROR_INVALID, "link");
	assert_int_equal(g_unlink(link_path), 0);
	g_autofree char *unlinked = commit_all(scratch, "No link");
	assert_reverts_not(scratch, repo, unlinked, ESPIAL_ERROR_INVALID, "link");
	git_do(scratch, "update-index", "--add", "--cacheinfo", "160000", first, "module");
	git_do(scratch, "commit", "-q", "-m", "Module");
	g_autofree char *module = head_of(scratch);
	git_do(scratch, "rm", "-q", "--cached", "module");
	git_do(scratch, "commit", "-q", "-m", "No module");
	g_autofree char *no_module = head_of(scratch);
	assert_reverts_not(scratch, repo, no_module, ESPIAL_ERROR_INVALID, "module");
	assert_reverts_not(scratch, repo, module, ESPIAL_ERROR_NOT_FOUND, "nothing to revert");
	put(scratch->path, ".gitattributes", "* -text\n");
	g_autofree char *attributes = commit_all(scratch, "Attributes");
	assert_reverts_not(scratch, repo, attributes, ESPIAL_ERROR_INVALID, ".gitattributes");
	repo_close(repo);
	scratch_free(scratch);
}

/* A file that became a link: one path, two kinds. */
static void refuses_a_change_of_kind(void **state)
{
	struct scratch *scratch = scratch_new();
	struct repo *repo = ruleset_new(scratch);
	g_autofree char *path = g_build_filename(scratch->path, RULE_PATH, NULL);

	(void)state;
	assert_int_equal(g_unlink(path), 0);
	assert_int_equal(symlink("../../esps/acme.yaml", path), 0);
	g_autofree char *to_link = commit_all(scratch, "To a link");
	assert_reverts_not(scratch, repo, to_link, ESPIAL_ERROR_INVALID, RULE_PATH);
	assert_int_equal(g_unlink(path), 0);
	put(scratch->path, RULE_PATH, RULE_TEXT);
	g_autofree char *to_file = commit_all(scratch, "To a file");
	assert_reverts_not(scratch, repo, to_file, ESPIAL_ERROR_INVALID, RULE_PATH);
	repo_close(repo);
	scratch_free(scratch);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reverts_additions_changes_and_deletions),
		cmocka_unit_test(reverts_a_revert),
		cmocka_unit_test(reverts_under_later_commits),
		cmocka_unit_test(reverts_whatever_the_bytes),
		cmocka_unit_test(reverts_modes_and_moves),
		cmocka_unit_test(reverts_the_first_commit),
		cmocka_unit_test(leaves_other_changes_alone),
		cmocka_unit_test(refuses_where_later_commits_stand_in_the_way),
		cmocka_unit_test(refuses_what_is_undone_already),
		cmocka_unit_test(refuses_over_changes_of_the_file),
		cmocka_unit_test(refuses_what_is_no_commit),
		cmocka_unit_test(refuses_merges),
		cmocka_unit_test(refuses_what_is_no_plain_file),
		cmocka_unit_test(refuses_a_change_of_kind),
	};

	the_home();
	return cmocka_run_group_tests(tests, NULL, remove_home);
}
