/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Undoing a commit by a new one. Files are blobs here: a commit that somebody made with git may
 * touch any.
 */
#include "rules/repo_internal.h"

#include <string.h>

static int collect_edit(const git_diff_delta *delta, float progress, void *payload)
{
	GArray *edits = payload;
	struct repo_edit edit = {.path = delta->new_file.path, .mode = GIT_FILEMODE_BLOB};

	(void)progress;
	if (delta->status != GIT_DELTA_ADDED)
		edit.before = delta->old_file.id;
	if (delta->status != GIT_DELTA_DELETED) {
		edit.after = delta->new_file.id;
		edit.mode = (git_filemode_t)delta->new_file.mode;
	}
	g_array_append_val(edits, edit);
	return 0;
}

/* The files that differ between HEAD and the tree, as edits with the diff's strings. */
static int edits_between(
	struct repo *repo, git_tree *from, git_tree *to, GArray *edits, git_diff **diff)
{
	git_diff_options options;
	int code = git_diff_options_init(&options, GIT_DIFF_OPTIONS_VERSION);

	options.flags |= GIT_DIFF_INCLUDE_TYPECHANGE;
	if (code == 0)
		code = git_diff_tree_to_tree(diff, repo->git, from, to, &options);
	if (code == 0)
		code = git_diff_foreach(*diff, collect_edit, NULL, NULL, NULL, edits);
	return code;
}

static int reverted_tree(
	struct repo *repo, git_commit *target, git_commit *head, git_tree **reverted)
{
	git_index *merged = NULL;
	git_oid id;
	int code = git_revert_commit(&merged, repo->git, target, head, 0, NULL);

	if (code == 0 && git_index_has_conflicts(merged)) {
		git_error_set_str(GIT_ERROR_MERGE, "later commits changed the same lines");
		code = GIT_ECONFLICT;
	}
	if (code == 0)
		code = git_index_write_tree_to(&id, merged, repo->git);
	if (code == 0)
		code = git_tree_lookup(reverted, repo->git, &id);
	git_index_free(merged);
	return code;
}

static bool revert_on(struct repo *repo, struct repo_lock *lock, git_commit *target,
	git_commit *head, const char *message, char id[REPO_ID_SIZE], GError **error)
{
	g_autoptr(GArray) edits = g_array_new(FALSE, FALSE, sizeof(struct repo_edit));
	git_tree *from = NULL, *to = NULL;
	git_diff *diff = NULL;
	bool good = false;
	int code = reverted_tree(repo, target, head, &to);

	if (code == 0)
		code = git_commit_tree(&from, head);
	if (code == 0)
		code = edits_between(repo, from, to, edits, &diff);
	if (code != 0)
		repo_set_error(error, code, "revert");
	else if (!edits->len)
		g_set_error(error, ESPIAL_ERROR, ESPIAL_ERROR_NOT_FOUND,
			"nothing to revert: that change is already undone");
	else
		good = repo_commit_edits(repo, lock, head, (struct repo_edit *)(void *)edits->data,
			edits->len, message, id, error);
	git_diff_free(diff);
	git_tree_free(from);
	git_tree_free(to);
	return good;
}

static bool find_target(struct repo *repo, const char *id, git_commit **target, GError **error)
{
	if (!repo_find_commit(repo, id, target, error))
		return false;
	if (git_commit_parentcount(*target) <= 1)
		return true;
	g_set_error(error, ESPIAL_ERROR, ESPIAL_ERROR_INVALID,
		"%.7s is a merge: revert it with git, which asks to which side", id);
	return false;
}

bool repo_revert(struct repo *repo, const char *id, const char *message, char new_id[REPO_ID_SIZE],
	GError **error)
{
	git_commit *target = NULL, *head = NULL;
	struct repo_lock *lock = NULL;
	bool good = repo_begin(repo, &lock, &head, error) &&
		    find_target(repo, id, &target, error) &&
		    revert_on(repo, lock, target, head, message, new_id, error);

	git_commit_free(target);
	git_commit_free(head);
	repo_lock_free(lock);
	return good;
}
