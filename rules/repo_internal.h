/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the files of the repository share.
 */
#ifndef ESPIAL_RULES_REPO_INTERNAL_H
#define ESPIAL_RULES_REPO_INTERNAL_H

#include "rules/error.h"
#include "rules/repo.h"

#include <git2.h>

struct repo {
	git_repository *git;
	char *path;        /* of the work tree, without symbolic links */
	git_oid seen_head; /* for repo_moved() */
};

/* One file of a commit. */
struct repo_edit {
	const char *path;
	git_oid before, after; /* blobs; zero: no file */
	git_filemode_t mode;   /* of `after` */
};

/* ---- repo.c ---- */

void repo_start_libgit2(void);

/* Sets the error for what libgit2 returned: `what` says what was tried. */
void repo_set_error(GError **error, int code, const char *what);

/* The file that GIT_CONFIG_GLOBAL names takes the place of ~/.gitconfig, as in git. `git` may be
 * NULL. */
void repo_add_global_config(git_config *config, git_repository *git);

/* HEAD's commit; the caller frees it with git_commit_free(). Error: STATE where HEAD is unborn. */
bool repo_head(struct repo *repo, git_commit **head, GError **error);

/* The user's signatures now; the caller frees them with git_signature_free(). Error: NO_IDENTITY.
 */
bool repo_signature(
	git_repository *git, git_signature **author, git_signature **committer, GError **error);

/* ---- repo_files.c ---- */

bool repo_read_file(const char *path, char **bytes, gsize *len, GError **error);
/* Durable, and never half written. `mode` is subject to the umask. */
bool repo_write_file(const char *path, const void *bytes, size_t len, int mode, GError **error);
/* Without waiting for the disk: of a thousand files, that would be seconds. */
bool repo_write_new_file(const char *path, const void *bytes, size_t len, GError **error);

/* Makes the directories on the way to `path`. `*made`, which the caller frees with g_free(), is the
 * first that was not there, NULL where all were; also on error. */
bool repo_make_parents(const char *path, char **made, GError **error);
/* Removes them again, as far as they are empty. */
void repo_remove_parents(const char *path, const char *made);

/* ---- repo_lock.c ---- */

/* Holds the index and HEAD's branch as git does while it commits: other git programs that would
 * change either wait or fail. */
struct repo_lock;

/* Waits a moment for others. Errors: LOCKED (the message names the lock file), STATE, IO. The
 * caller frees it with repo_lock_free(), which leaves everything as it was unless
 * repo_lock_finish() was called. */
struct repo_lock *repo_lock_new(struct repo *repo, GError **error);
void repo_lock_free(struct repo_lock *lock);

/* Whether what is staged for the file is what HEAD has, or nothing is staged. */
bool repo_lock_unstaged(const struct repo_lock *lock, const struct repo_edit *edit);

/* Lets the index follow, once the files are in the work tree. */
bool repo_lock_stage(
	struct repo_lock *lock, const struct repo_edit *edits, size_t count, GError **error);

/* Puts the new index in place, then moves the branch; neither on error. */
bool repo_lock_finish(struct repo_lock *lock, const git_oid *commit, const git_signature *committer,
	const char *subject, GError **error);

/* An entry of a file in the work tree; errors as libgit2's. */
int repo_index_add(git_index *index, const char *work_tree, const char *path, const git_oid *id,
	git_filemode_t mode);

/* ---- repo_commit.c ---- */

/* Identity, branch, nothing under way; then holds the locks and gives HEAD. Errors as
 * repo_commit(). The caller frees both. */
bool repo_begin(struct repo *repo, struct repo_lock **lock, git_commit **head, GError **error);

/* Commits the edits on top of HEAD. Errors as repo_commit(). */
bool repo_commit_edits(struct repo *repo, struct repo_lock *lock, const git_commit *head,
	const struct repo_edit *edits, size_t count, const char *message, char id[REPO_ID_SIZE],
	GError **error);

/* ---- repo_history.c ---- */

/* The caller frees it with git_commit_free(). Error: NOT_FOUND. */
bool repo_find_commit(struct repo *repo, const char *id, git_commit **commit, GError **error);

/* libgit2 1.5 does not know where a shallow clone ends. Error: STATE. */
bool repo_is_whole(struct repo *repo, GError **error);

/* As repo_log(): the commits below `to` and not below `from` (NULL: all). */
GPtrArray *repo_log_between(
	struct repo *repo, const git_oid *from, const git_oid *to, unsigned limit, GError **error);

/* ---- repo_standing.c ---- */

/* The branch of a remote that HEAD's branch follows. */
struct repo_upstream {
	char *remote;
	char *branch;   /* refs/heads/…, here */
	char *there;    /* refs/heads/… of the remote */
	char *tracking; /* refs/remotes/…: what was fetched of it, if anything */
};

/* NULL where there is none; the caller frees it with repo_upstream_free(). */
struct repo_upstream *repo_upstream(struct repo *repo);
/* Error: STATE. */
struct repo_upstream *repo_need_upstream(struct repo *repo, GError **error);
void repo_upstream_free(struct repo_upstream *upstream);
/* Whether it was fetched. */
bool repo_upstream_tip(struct repo *repo, const struct repo_upstream *upstream, git_oid *tip);

#endif
