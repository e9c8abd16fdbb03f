/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Making commits. The tree is made from HEAD's, not from the index, so that what the user staged
 * stays staged. Everything is checked and written under the locks that git takes too. Order of
 * writing: objects, then the work-tree files, then the index, then the branch. Killed between two
 * of these, the change is there but not committed, or staged, and a lock file is left: `git status`
 * tells, and nothing is lost.
 */
#include "rules/repo_internal.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>

/* ---- paths ---- */

/* A component that neither git, nor another system on which the ruleset is checked out, treats
 * specially. */
static bool name_safe(const char *name)
{
	if (!*name || *name == '.' || strchr(name, '\\'))
		return false;
	if (g_ascii_strncasecmp(name, "git~", strlen("git~")) == 0) /* .git, as Windows has it */
		return false;
	for (const char *p = name; *p; p = g_utf8_next_char(p)) {
		GUnicodeType type = g_unichar_type(g_utf8_get_char(p));

		if (type == G_UNICODE_CONTROL || type == G_UNICODE_FORMAT)
			return false;
	}
	return true;
}

/* Relative, and of safe names. */
static bool path_safe(const char *path)
{
	g_auto(GStrv) parts = g_strsplit(path, "/", -1);

	if (!parts[0] || !g_utf8_validate(path, -1, NULL))
		return false;
	for (guint i = 0; parts[i]; i++)
		if (!name_safe(parts[i]))
			return false;
	return true;
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

static bool check_path(const struct repo *repo, const struct repo_edit *edit, GError **error)
{
	bool plain = edit->mode == GIT_FILEMODE_BLOB || edit->mode == GIT_FILEMODE_BLOB_EXECUTABLE;

	if (plain && path_safe(edit->path) && no_symlinks(repo, edit->path))
		return true;
	g_set_error(error, ESPIAL_ERROR, ESPIAL_ERROR_INVALID,
		"%s: not a path that can be written in the ruleset", edit->path);
	return false;
}

/* ---- whether nobody else changed the file ---- */

static bool conflict(const char *path, const char *where, GError **error)
{
	g_set_error(error, ESPIAL_ERROR, ESPIAL_ERROR_CONFLICT,
		"%s was changed by somebody else %s: look at it with git, then try again", path,
		where);
	return false;
}

static void blob_in_tree(const git_tree *tree, const char *path, git_oid *id, git_filemode_t *mode)
{
	git_tree_entry *entry = NULL;

	memset(id, 0, sizeof(*id));
	*mode = GIT_FILEMODE_BLOB;
	if (git_tree_entry_bypath(&entry, tree, path) != 0)
		return;
	git_oid_cpy(id, git_tree_entry_id(entry));
	*mode = git_tree_entry_filemode(entry);
	git_tree_entry_free(entry);
}

/* Whether git would find the file unchanged: as it is, or with the line endings of
 * core.autocrlf. */
static bool holds_blob(const struct repo *repo, const char *path, const git_oid *id)
{
	g_autofree char *full = g_build_filename(repo->path, path, NULL);
	git_oid now;

	if (git_odb_hashfile(&now, full, GIT_OBJECT_BLOB) == 0 && git_oid_equal(&now, id))
		return true;
	return git_repository_hashfile(&now, repo->git, full, GIT_OBJECT_BLOB, path) == 0 &&
	       git_oid_equal(&now, id);
}

static bool check_unchanged(const struct repo *repo, const struct repo_lock *lock,
	const git_tree *head, const struct repo_edit *edit, GError **error)
{
	g_autofree char *full = g_build_filename(repo->path, edit->path, NULL);
	bool existed = !git_oid_is_zero(&edit->before);
	git_filemode_t mode;
	git_oid now;

	blob_in_tree(head, edit->path, &now, &mode);
	if (!git_oid_equal(&now, &edit->before))
		return conflict(edit->path, "in the last commit", error);
	if (!repo_lock_unstaged(lock, edit))
		return conflict(edit->path, "(what is staged is not what was committed)", error);
	if (!g_file_test(full, G_FILE_TEST_EXISTS))
		return !existed ||
		       conflict(edit->path, "(it was removed from the work tree)", error);
	if (!existed)
		return conflict(edit->path, "(it is in the work tree, not committed)", error);
	return holds_blob(repo, edit->path, &edit->before) ||
	       conflict(edit->path, "in the work tree", error);
}

/* ---- the work tree ---- */

/* What an edit replaced. */
struct replaced {
	bool existed;
	char *bytes;
	gsize len;
	int mode;
	char *made; /* the first directory that had to be made, or NULL */
};

static void replaced_clear(struct replaced *replaced, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		g_free(replaced[i].bytes);
		g_free(replaced[i].made);
	}
	g_free(replaced);
}

static void put_back(
	const struct repo *repo, const struct repo_edit *edit, const struct replaced *replaced)
{
	g_autofree char *full = g_build_filename(repo->path, edit->path, NULL);

	if (!replaced->existed) {
		g_unlink(full);
		repo_remove_parents(full, replaced->made);
	} else if (repo_write_file(full, replaced->bytes, replaced->len, 0666, NULL)) {
		g_chmod(full, replaced->mode);
	}
}

static bool write_blob(struct repo *repo, const char *full, const struct repo_edit *edit,
	struct replaced *replaced, GError **error)
{
	git_blob *blob = NULL;
	int code = git_blob_lookup(&blob, repo->git, &edit->after);
	bool good;

	if (code != 0) {
		repo_set_error(error, code, edit->path);
		return false;
	}
	good = repo_make_parents(full, &replaced->made, error) &&
	       repo_write_file(full, git_blob_rawcontent(blob), (size_t)git_blob_rawsize(blob),
		       edit->mode == GIT_FILEMODE_BLOB_EXECUTABLE ? 0777 : 0666, error);
	git_blob_free(blob);
	return good;
}

static bool write_edit(
	struct repo *repo, const struct repo_edit *edit, struct replaced *replaced, GError **error)
{
	g_autofree char *full = g_build_filename(repo->path, edit->path, NULL);
	struct stat status;

	if (stat(full, &status) == 0) {
		replaced->mode = (int)(status.st_mode & 07777);
		if (!repo_read_file(full, &replaced->bytes, &replaced->len, error))
			return false;
		replaced->existed = true;
	}
	if (!git_oid_is_zero(&edit->after))
		return write_blob(repo, full, edit, replaced, error);
	if (g_unlink(full) == 0)
		return true;
	g_set_error(error, ESPIAL_ERROR, ESPIAL_ERROR_IO, "%s: %s", full, g_strerror(errno));
	return false;
}

/* ---- the commit ---- */

static int build_tree(struct repo *repo, git_tree *base, const struct repo_edit *edits,
	size_t count, git_tree **tree)
{
	g_autofree git_tree_update *updates = g_new0(git_tree_update, count);
	git_oid id;
	int code;

	for (size_t i = 0; i < count; i++) {
		updates[i].path = edits[i].path;
		updates[i].id = edits[i].after;
		updates[i].filemode = edits[i].mode;
		updates[i].action = git_oid_is_zero(&edits[i].after) ? GIT_TREE_UPDATE_REMOVE
								     : GIT_TREE_UPDATE_UPSERT;
	}
	code = git_tree_create_updated(&id, repo->git, base, count, updates);
	if (code == 0)
		code = git_tree_lookup(tree, repo->git, &id);
	return code;
}

/* The commit's object; nothing points to it yet. */
static bool write_commit(struct repo *repo, const git_tree *tree, const git_commit *parent,
	const char *message, git_signature **committer, git_oid *id, GError **error)
{
	const git_commit *parents[] = {parent};
	git_signature *author = NULL;
	git_buf clean = {0};
	int code;

	if (!repo_signature(repo->git, &author, committer, error))
		return false;
	code = git_message_prettify(&clean, message, 0, '#');
	if (code == 0)
		code = git_commit_create(
			id, repo->git, NULL, author, *committer, NULL, clean.ptr, tree, 1, parents);
	git_buf_dispose(&clean);
	git_signature_free(author);
	if (code != 0)
		repo_set_error(error, code, "commit");
	return code == 0;
}

static char *subject_of(const char *message)
{
	return g_strndup(message, strcspn(message, "\n"));
}

/* Everything that others see: files, index, branch. */
static bool publish(struct repo *repo, struct repo_lock *lock, const struct repo_edit *edits,
	size_t count, const git_oid *commit, const git_signature *committer, const char *message,
	GError **error)
{
	struct replaced *replaced = g_new0(struct replaced, count);
	g_autofree char *subject = subject_of(message);
	bool good = true;
	size_t written = 0;

	for (; good && written < count; written++)
		good = write_edit(repo, &edits[written], &replaced[written], error);
	good = good && repo_lock_stage(lock, edits, count, error) &&
	       repo_lock_finish(lock, commit, committer, subject, error);
	for (size_t i = written; !good && i > 0; i--)
		put_back(repo, &edits[i - 1], &replaced[i - 1]);
	replaced_clear(replaced, count);
	return good;
}

static bool is_change(const git_tree *base, const struct repo_edit *edit)
{
	git_filemode_t mode;
	git_oid now;

	blob_in_tree(base, edit->path, &now, &mode);
	return !git_oid_equal(&now, &edit->after) || mode != edit->mode;
}

static bool check_edits(struct repo *repo, const struct repo_lock *lock, const git_tree *base,
	const struct repo_edit *edits, size_t count, GError **error)
{
	bool changes = false;

	for (size_t i = 0; i < count; i++) {
		if (!check_path(repo, &edits[i], error) ||
			!check_unchanged(repo, lock, base, &edits[i], error))
			return false;
		changes = changes || is_change(base, &edits[i]);
	}
	if (!changes)
		g_set_error(error, ESPIAL_ERROR, ESPIAL_ERROR_INVALID,
			"nothing to commit: nothing is changed");
	return changes;
}

bool repo_commit_edits(struct repo *repo, struct repo_lock *lock, const git_commit *head,
	const struct repo_edit *edits, size_t count, const char *message, char id[REPO_ID_SIZE],
	GError **error)
{
	git_tree *base = NULL, *tree = NULL;
	git_signature *committer = NULL;
	git_oid commit;
	bool good = false;
	int code = git_commit_tree(&base, head);

	if (code == 0 && !check_edits(repo, lock, base, edits, count, error))
		goto out;
	if (code == 0)
		code = build_tree(repo, base, edits, count, &tree);
	if (code != 0) {
		repo_set_error(error, code, "commit");
		goto out;
	}
	good = write_commit(repo, tree, head, message, &committer, &commit, error) &&
	       publish(repo, lock, edits, count, &commit, committer, message, error);
	if (good) {
		git_oid_tostr(id, REPO_ID_SIZE, &commit);
		/* what others committed before it is still to be told */
		if (git_oid_equal(&repo->seen_head, git_commit_id(head)))
			git_oid_cpy(&repo->seen_head, &commit);
	}
out:
	git_signature_free(committer);
	git_tree_free(base);
	git_tree_free(tree);
	return good;
}

bool repo_begin(struct repo *repo, struct repo_lock **lock, git_commit **head, GError **error)
{
	*head = NULL;
	*lock = NULL;
	if (!repo_ready(repo, error))
		return false;
	*lock = repo_lock_new(repo, error);
	return *lock && repo_head(repo, head, error);
}

/* ---- changes that are given as texts ---- */

static int edit_of(struct repo *repo, const git_tree *head, const struct repo_change *change,
	struct repo_edit *edit)
{
	git_oid now;
	int code = 0;

	edit->path = change->path;
	blob_in_tree(head, change->path, &now, &edit->mode);
	if (change->seen)
		code = git_odb_hash(
			&edit->before, change->seen, strlen(change->seen), GIT_OBJECT_BLOB);
	if (code == 0 && change->content)
		code = git_blob_create_from_buffer(
			&edit->after, repo->git, change->content, strlen(change->content));
	return code;
}

static int edits_of(struct repo *repo, const git_commit *head, const struct repo_change *changes,
	size_t count, struct repo_edit *edits)
{
	git_tree *tree = NULL;
	int code = git_commit_tree(&tree, head);

	for (size_t i = 0; i < count && code == 0; i++)
		code = edit_of(repo, tree, &changes[i], &edits[i]);
	git_tree_free(tree);
	return code;
}

bool repo_commit(struct repo *repo, const struct repo_change *changes, size_t count,
	const char *message, char id[REPO_ID_SIZE], GError **error)
{
	g_autofree struct repo_edit *edits = g_new0(struct repo_edit, count);
	struct repo_lock *lock = NULL;
	git_commit *head = NULL;
	bool good = repo_begin(repo, &lock, &head, error);

	if (good) {
		int code = edits_of(repo, head, changes, count, edits);

		if (code != 0)
			repo_set_error(error, code, "commit");
		good = code == 0 &&
		       repo_commit_edits(repo, lock, head, edits, count, message, id, error);
	}
	git_commit_free(head);
	repo_lock_free(lock);
	return good;
}
