/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Making commits. The tree is made from HEAD's, not from the index, so that what the user staged
 * stays staged. Order of writing: objects, then the work-tree files, then the branch, then the
 * index. Killed between two of these, the work tree shows the change as not yet committed, or the
 * index lags behind: `git status` tells, and nothing is lost.
 */
#include "rules/repo_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* A relative path of plain components, none of which git or the system treats specially. */
static bool path_safe(const char *path)
{
	g_auto(GStrv) parts = g_strsplit(path, "/", -1);

	for (guint i = 0; parts[i]; i++)
		if (!*parts[i] || *parts[i] == '.' || strchr(parts[i], '\\'))
			return false;
	return parts[0] != NULL;
}

/* No directory on the way, nor the file, may be a symbolic link: a write must stay in the work
 * tree. */
static bool no_symlinks(const struct repo *repo, const char *path)
{
	g_auto(GStrv) parts = g_strsplit(path, "/", -1);
	g_autofree char *at = g_strdup(repo->path);

	for (guint i = 0; parts[i]; i++) {
		char *next = g_build_filename(at, parts[i], NULL);

		g_free(at);
		at = next;
		if (g_file_test(at, G_FILE_TEST_IS_SYMLINK))
			return false;
	}
	return true;
}

static bool check_path(const struct repo *repo, const char *path, GError **error)
{
	if (path_safe(path) && no_symlinks(repo, path))
		return true;
	g_set_error(error, ESPIAL_ERROR, ESPIAL_ERROR_INVALID,
		"%s: not a path that can be written in the ruleset", path);
	return false;
}

static bool check_locks(const struct repo *repo, GError **error)
{
	static const char *const names[] = {"index.lock", "HEAD.lock"};

	for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
		g_autofree char *lock =
			g_build_filename(git_repository_path(repo->git), names[i], NULL);

		if (!g_file_test(lock, G_FILE_TEST_EXISTS))
			continue;
		g_set_error(error, ESPIAL_ERROR, ESPIAL_ERROR_LOCKED,
			"another git command is at work (%s): wait for it, or remove the file if "
			"none is",
			lock);
		return false;
	}
	return true;
}

/* The blob at a path of a tree; false where there is none. */
static bool blob_at(const git_tree *tree, const char *path, git_oid *id)
{
	git_tree_entry *entry = NULL;

	if (git_tree_entry_bypath(&entry, tree, path) != 0)
		return false;
	git_oid_cpy(id, git_tree_entry_id(entry));
	git_tree_entry_free(entry);
	return true;
}

static bool conflict(const char *path, const char *where, GError **error)
{
	g_set_error(error, ESPIAL_ERROR, ESPIAL_ERROR_CONFLICT,
		"%s was changed by somebody else %s: look at it with git, then try again", path,
		where);
	return false;
}

/* HEAD and the work tree must still hold what the change was made from. The work tree is read as
 * git reads it, so that line endings by core.autocrlf do not count. */
static bool check_unchanged(
	struct repo *repo, const git_tree *tree, const struct repo_change *change, GError **error)
{
	g_autofree char *full = g_build_filename(repo->path, change->path, NULL);
	git_oid seen, now;
	bool in_head = blob_at(tree, change->path, &now);

	if (change->seen)
		git_odb_hash(&seen, change->seen, strlen(change->seen), GIT_OBJECT_BLOB);
	if (in_head != (change->seen != NULL) || (in_head && !git_oid_equal(&seen, &now)))
		return conflict(change->path, "in the last commit", error);
	if (!g_file_test(full, G_FILE_TEST_EXISTS))
		return !change->seen ||
		       conflict(change->path, "(it was removed from the work tree)", error);
	if (!change->seen)
		return conflict(change->path, "(it is in the work tree, not committed)", error);
	if (git_repository_hashfile(&now, repo->git, full, GIT_OBJECT_BLOB, change->path) != 0 ||
		!git_oid_equal(&seen, &now))
		return conflict(change->path, "in the work tree", error);
	return true;
}

/* ---- the tree ---- */

static int build_tree(struct repo *repo, const git_tree *base, const struct repo_change *changes,
	size_t count, git_tree **tree)
{
	g_autofree git_tree_update *updates = g_new0(git_tree_update, count);
	git_oid id;
	int code = 0;

	for (size_t i = 0; i < count && code == 0; i++) {
		updates[i].path = changes[i].path;
		updates[i].action =
			changes[i].content ? GIT_TREE_UPDATE_UPSERT : GIT_TREE_UPDATE_REMOVE;
		updates[i].filemode = GIT_FILEMODE_BLOB;
		if (changes[i].content)
			code = git_blob_create_from_buffer(&updates[i].id, repo->git,
				changes[i].content, strlen(changes[i].content));
	}
	if (code == 0)
		code = git_tree_create_updated(&id, repo->git, (git_tree *)base, count, updates);
	if (code == 0)
		code = git_tree_lookup(tree, repo->git, &id);
	return code;
}

/* ---- the work tree ---- */

static bool write_file(const struct repo *repo, const struct repo_change *change, GError **error)
{
	g_autofree char *full = g_build_filename(repo->path, change->path, NULL);
	g_autofree char *dir = g_path_get_dirname(full);
	GError *failed = NULL;

	if (!change->content) {
		if (g_unlink(full) == 0 || errno == ENOENT)
			return true;
		g_set_error(
			error, ESPIAL_ERROR, ESPIAL_ERROR_IO, "%s: %s", full, g_strerror(errno));
		return false;
	}
	if (g_mkdir_with_parents(dir, 0777) != 0) {
		g_set_error(error, ESPIAL_ERROR, ESPIAL_ERROR_IO, "%s: %s", dir, g_strerror(errno));
		return false;
	}
	if (g_file_set_contents_full(full, change->content, -1,
		    G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE, 0666, &failed))
		return true;
	g_set_error(error, ESPIAL_ERROR, ESPIAL_ERROR_IO, "%s", failed->message);
	g_error_free(failed);
	return false;
}

/* Puts back what `count` changes replaced. */
static void restore_files(const struct repo *repo, const struct repo_change *changes, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct repo_change back = {changes[i].path, changes[i].seen, NULL};

		write_file(repo, &back, NULL);
	}
}

static bool write_files(
	const struct repo *repo, const struct repo_change *changes, size_t count, GError **error)
{
	for (size_t i = 0; i < count; i++) {
		if (write_file(repo, &changes[i], error))
			continue;
		restore_files(repo, changes, i);
		return false;
	}
	return true;
}

/* The entries of the changed files follow the commit; everything else that is staged stays so. */
static void update_index(struct repo *repo, const struct repo_change *changes, size_t count)
{
	git_index *index = NULL;

	if (git_repository_index(&index, repo->git) != 0)
		return;
	git_index_read(index, 1);
	for (size_t i = 0; i < count; i++) {
		if (changes[i].content)
			git_index_add_bypath(index, changes[i].path);
		else
			git_index_remove_bypath(index, changes[i].path);
	}
	git_index_write(index);
	git_index_free(index);
}

/* ---- the commit ---- */

static bool create_commit(struct repo *repo, const git_tree *tree, const git_commit *parent,
	const char *message, git_oid *id, GError **error)
{
	git_signature *author, *committer;
	git_buf clean = {0};
	const git_commit *parents[] = {parent};
	int code;

	if (!repo_signature(repo, &author, &committer, error))
		return false;
	code = git_message_prettify(&clean, message, 0, '#');
	/* Moving HEAD here fails where the branch is no longer at `parent`. */
	if (code == 0)
		code = git_commit_create(id, repo->git, "HEAD", author, committer, "UTF-8",
			clean.ptr, tree, 1, parents);
	git_buf_dispose(&clean);
	git_signature_free(author);
	git_signature_free(committer);
	if (code == 0)
		return true;
	if (code == GIT_EMODIFIED)
		g_set_error(error, ESPIAL_ERROR, ESPIAL_ERROR_CHANGED,
			"somebody committed to %s meanwhile: try again", repo->path);
	else
		repo_set_error(error, code, "commit");
	return false;
}

static bool commit_on(struct repo *repo, const git_commit *head, const struct repo_change *changes,
	size_t count, const char *message, git_oid *id, GError **error)
{
	git_tree *base = NULL, *tree = NULL;
	bool good = false;
	int code = git_commit_tree(&base, head);

	for (size_t i = 0; i < count && code == 0; i++)
		if (!check_path(repo, changes[i].path, error) ||
			!check_unchanged(repo, base, &changes[i], error))
			goto out;
	if (code == 0)
		code = build_tree(repo, base, changes, count, &tree);
	if (code != 0) {
		repo_set_error(error, code, "commit");
		goto out;
	}
	if (!write_files(repo, changes, count, error))
		goto out;
	good = create_commit(repo, tree, head, message, id, error);
	if (good)
		update_index(repo, changes, count);
	else
		restore_files(repo, changes, count);
out:
	git_tree_free(base);
	git_tree_free(tree);
	return good;
}

static void finish(struct repo *repo, const git_oid *id, char text[REPO_ID_SIZE])
{
	git_oid_tostr(text, REPO_ID_SIZE, id);
	git_oid_cpy(&repo->seen_head, id);
}

bool repo_commit(struct repo *repo, const struct repo_change *changes, size_t count,
	const char *message, char id[REPO_ID_SIZE], GError **error)
{
	git_commit *head = NULL;
	git_oid commit;
	bool good;

	if (!repo_ready(repo, error) || !check_locks(repo, error) || !repo_head(repo, &head, error))
		return false;
	good = commit_on(repo, head, changes, count, message, &commit, error);
	if (good)
		finish(repo, &commit, id);
	git_commit_free(head);
	return good;
}

/* ---- reverting ---- */

struct reverting {
	struct repo *repo;
	GPtrArray *changes; /* of struct repo_change */
	GPtrArray *texts;   /* of char *: what they hold */
	bool failed;
};

static char *blob_text(struct repo *repo, const git_oid *id)
{
	git_blob *blob = NULL;
	char *text;

	if (git_oid_is_zero(id) || git_blob_lookup(&blob, repo->git, id) != 0)
		return NULL;
	text = g_strndup(git_blob_rawcontent(blob), (gsize)git_blob_rawsize(blob));
	git_blob_free(blob);
	return text;
}

static int collect_change(const git_diff_delta *delta, float progress, void *payload)
{
	struct reverting *reverting = payload;
	struct repo_change *change = g_new0(struct repo_change, 1);
	char *path = g_strdup(delta->new_file.path);
	char *seen = delta->status == GIT_DELTA_ADDED
			     ? NULL
			     : blob_text(reverting->repo, &delta->old_file.id);
	char *content = delta->status == GIT_DELTA_DELETED
				? NULL
				: blob_text(reverting->repo, &delta->new_file.id);

	(void)progress;
	*change = (struct repo_change){path, content, seen};
	g_ptr_array_add(reverting->changes, change);
	g_ptr_array_add(reverting->texts, path);
	g_ptr_array_add(reverting->texts, seen);
	g_ptr_array_add(reverting->texts, content);
	return 0;
}

/* The files that reverting changes, as changes against HEAD. */
static int revert_changes(
	struct repo *repo, git_commit *target, git_commit *head, struct reverting *reverting)
{
	git_index *merged = NULL;
	git_tree *from = NULL, *to = NULL;
	git_diff *diff = NULL;
	git_oid id;
	int code = git_revert_commit(&merged, repo->git, target, head, 0, NULL);

	if (code == 0 && git_index_has_conflicts(merged)) {
		git_error_set_str(GIT_ERROR_MERGE, "later commits changed the same lines");
		code = GIT_ECONFLICT;
	}
	if (code == 0)
		code = git_index_write_tree_to(&id, merged, repo->git);
	if (code == 0)
		code = git_tree_lookup(&to, repo->git, &id);
	if (code == 0)
		code = git_commit_tree(&from, head);
	if (code == 0)
		code = git_diff_tree_to_tree(&diff, repo->git, from, to, NULL);
	if (code == 0)
		code = git_diff_foreach(diff, collect_change, NULL, NULL, NULL, reverting);
	git_diff_free(diff);
	git_tree_free(from);
	git_tree_free(to);
	git_index_free(merged);
	return code;
}

static bool revert_on(struct repo *repo, git_commit *target, git_commit *head, const char *message,
	git_oid *id, GError **error)
{
	struct reverting reverting = {.repo = repo};
	int code;
	bool good = false;

	reverting.changes = g_ptr_array_new_with_free_func(g_free);
	reverting.texts = g_ptr_array_new_with_free_func(g_free);
	code = revert_changes(repo, target, head, &reverting);
	if (code != 0) {
		repo_set_error(error, code, "revert");
	} else if (!reverting.changes->len) {
		g_set_error(error, ESPIAL_ERROR, ESPIAL_ERROR_CONFLICT,
			"nothing to revert: that change is already undone");
	} else {
		g_autofree struct repo_change *changes =
			g_new0(struct repo_change, reverting.changes->len);

		for (guint i = 0; i < reverting.changes->len; i++)
			changes[i] = *(struct repo_change *)reverting.changes->pdata[i];
		good = commit_on(repo, head, changes, reverting.changes->len, message, id, error);
	}
	g_ptr_array_unref(reverting.changes);
	g_ptr_array_unref(reverting.texts);
	return good;
}

bool repo_revert(struct repo *repo, const char *id, const char *message, char new_id[REPO_ID_SIZE],
	GError **error)
{
	git_commit *target = NULL, *head = NULL;
	git_oid target_id, commit;
	bool good = false;

	if (!repo_ready(repo, error) || !check_locks(repo, error))
		return false;
	if (git_oid_fromstr(&target_id, id) != 0 ||
		git_commit_lookup(&target, repo->git, &target_id) != 0) {
		g_set_error(error, ESPIAL_ERROR, ESPIAL_ERROR_NOT_FOUND, "no such commit: %s", id);
		return false;
	}
	if (repo_head(repo, &head, error)) {
		good = revert_on(repo, target, head, message, &commit, error);
		git_commit_free(head);
	}
	if (good)
		finish(repo, &commit, new_id);
	git_commit_free(target);
	return good;
}
