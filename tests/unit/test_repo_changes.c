/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Which commit changed each file last: what repo_log() says of the files one by one.
 */
#include "rules/repo.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "tests/unit/git_scratch.h"

static const char *const names[] = {"esps/acme.yaml", "esps/other.yaml", "esps/side.yaml",
	RULE_PATH, "trackers/other/open.yaml", "trackers/other/gone.yaml", "no/such.yaml"};

static GPtrArray *paths_new(void)
{
	GPtrArray *paths = g_ptr_array_new();

	for (size_t i = 0; i < G_N_ELEMENTS(names); i++)
		g_ptr_array_add(paths, (gpointer)names[i]);
	return paths;
}

static GHashTable *changes_of(struct repo *repo, struct repo_change_at *head)
{
	g_autoptr(GPtrArray) paths = paths_new();
	g_autoptr(GError) error = NULL;
	GHashTable *changes = repo_last_changes(repo, paths, head, &error);

	if (!changes)
		fail_msg("%s", error->message);
	return changes;
}

static void change(const struct scratch *scratch, const char *path, const char *text)
{
	put(scratch->path, path, text);
	git_do(scratch, "add", "-A");
	git_do(scratch, "commit", "-q", "-m", text);
}

static void make_history(const struct scratch *scratch)
{
	change(scratch, RULE_PATH, "on main");
	change(scratch, "trackers/other/gone.yaml", "to be deleted");
	git_do(scratch, "checkout", "-q", "-b", "side");
	change(scratch, "esps/side.yaml", "on side");
	change(scratch, "trackers/other/open.yaml", "on side");
	git_do(scratch, "checkout", "-q", "main");
	change(scratch, RULE_PATH, "again on main");
	git_do(scratch, "rm", "-q", "trackers/other/gone.yaml");
	git_do(scratch, "commit", "-q", "-m", "Delete");
	git_do(scratch, "merge", "-q", "-m", "Merge side", "side");
	git_do(scratch, "checkout", "-q", "-b", "evil");
	change(scratch, "trackers/other/open.yaml", "on evil");
	git_do(scratch, "checkout", "-q", "main");
	change(scratch, "trackers/other/open.yaml", "against evil");
	git_do(scratch, "merge", "-q", "--no-commit", "-s", "ours", "evil");
	put(scratch->path, "trackers/other/open.yaml", "neither\n");
	git_do(scratch, "commit", "-q", "-a", "-m", "Merge evil, changing it");
	change(scratch, "README.md", "something else");
}

static void says_what_the_log_says(void **state)
{
	struct scratch *scratch = scratch_new();
	struct repo *repo = ruleset_new(scratch);
	struct repo_change_at head;
	unsigned found = 0;

	(void)state;
	make_history(scratch);
	g_autoptr(GHashTable) changes = changes_of(repo, &head);
	g_autofree char *tip = git(scratch, "rev-parse", "HEAD");
	assert_string_equal(head.id, g_strchomp(tip));
	for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
		const struct repo_change_at *at = g_hash_table_lookup(changes, names[i]);
		g_autoptr(GPtrArray) log = repo_log(repo, names[i], 0, 1, NULL);

		assert_int_equal(at != NULL, is_there(scratch->path, names[i]));
		if (!at)
			continue;
		found++;
		assert_string_equal(at->id, ((const struct repo_commit *)log->pdata[0])->id);
		assert_int_equal(at->time, ((const struct repo_commit *)log->pdata[0])->time);
		assert_false(at->modified);
	}
	assert_int_equal(found, 5);
	repo_close(repo);
	scratch_free(scratch);
}

static bool modified(struct repo *repo, const char *path)
{
	struct repo_change_at head;
	g_autoptr(GHashTable) changes = changes_of(repo, &head);

	return ((const struct repo_change_at *)g_hash_table_lookup(changes, path))->modified;
}

static void tells_what_is_not_committed(void **state)
{
	struct scratch *scratch = scratch_new();
	struct repo *repo = ruleset_new(scratch);
	struct repo_change_at head;

	(void)state;
	assert_false(modified(repo, RULE_PATH));
	put(scratch->path, RULE_PATH, "changed\n");
	assert_true(modified(repo, RULE_PATH));
	git_do(scratch, "add", "-A");
	assert_true(modified(repo, RULE_PATH));
	git_do(scratch, "commit", "-q", "-m", "Change");
	assert_false(modified(repo, RULE_PATH));
	put(scratch->path, "esps/side.yaml", "new\n");
	git_do(scratch, "add", "-A");
	g_autoptr(GHashTable) changes = changes_of(repo, &head);
	assert_null(g_hash_table_lookup(changes, "esps/side.yaml"));
	repo_close(repo);
	scratch_free(scratch);
}

static void shallow_clones_have_head(void **state)
{
	struct scratch *scratch = scratch_new();
	struct repo *repo = ruleset_new(scratch);
	g_autofree char *url = g_strdup_printf("file://%s", scratch->path);
	struct repo_change_at head;

	(void)state;
	make_history(scratch);
	repo_close(repo);
	git_do(scratch, "clone", "-q", "--depth", "1", url, "shallow");
	g_autofree char *path = g_build_filename(scratch->path, "shallow", NULL);
	repo = repo_open(path, NULL);
	assert_non_null(repo);
	g_autoptr(GHashTable) changes = changes_of(repo, &head);
	const struct repo_change_at *at = g_hash_table_lookup(changes, RULE_PATH);
	assert_string_equal(at->id, head.id);
	repo_close(repo);
	scratch_free(scratch);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(says_what_the_log_says),
		cmocka_unit_test(tells_what_is_not_committed),
		cmocka_unit_test(shallow_clones_have_head),
	};

	return cmocka_run_group_tests(tests, NULL, remove_home);
}
