/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The git repository of a ruleset, through libgit2: one change, one commit. Nothing here forces,
 * deletes a lock or overwrites what somebody else changed. A handle belongs to one thread.
 */
#ifndef ESPIAL_RULES_REPO_H
#define ESPIAL_RULES_REPO_H

#include <glib.h>
#include <stdbool.h>

struct repo;

#define REPO_ID_SIZE 41 /* a hexadecimal object id and its NUL */

struct repo_commit {
	char id[REPO_ID_SIZE];
	char *author; /* name, as written in the commit */
	char *email;
	gint64 time; /* of the author, seconds since the epoch, UTC */
	char *subject;
	char *message; /* whole */
};

struct repo_change {
	const char *path;    /* relative to the work tree */
	const char *content; /* NULL deletes the file */
	const char
		*seen; /* the content that the change was made from; NULL: the file did not exist */
};

/* Opens the repository whose work tree is `path`. Errors: NOT_FOUND, OWNER (the message gives the
 * safe.directory line to run), STATE (a bare repository, or the work tree is elsewhere), IO. The
 * caller frees it with repo_close(). */
struct repo *repo_open(const char *path, GError **error);

/* Creates `path` as a repository with the files under `seed` (esps/, trackers/) as its first
 * commit; where another program creates it at the same time, opens that. On error nothing is left
 * behind: NO_IDENTITY, CONFLICT where `path` exists and is not an empty directory, IO. */
struct repo *repo_create(const char *path, const char *seed, GError **error);
void repo_close(struct repo *repo);

/* Absolute, without symbolic links. */
const char *repo_path(const struct repo *repo);

/* `Name <email>` as git would sign a commit now (the user's configuration, GIT_AUTHOR_NAME,
 * GIT_AUTHOR_EMAIL and those of the committer, EMAIL), without git's last resort, the name of the
 * account; the caller frees it with g_free(). Error: NO_IDENTITY. */
char *repo_identity(struct repo *repo, GError **error);

/* Whether a commit could be made now: identity, HEAD on a branch that is born, no merge or rebase
 * under way. Ask before the analyst is asked to type. Errors: NO_IDENTITY, STATE. */
bool repo_ready(struct repo *repo, GError **error);

/* The branch, `main`; NULL when detached. The caller frees it with g_free(). */
char *repo_branch(struct repo *repo);

/* Commits the changes on top of HEAD and writes the files. The tree is built from HEAD, so that
 * what is staged or changed elsewhere stays as it was and out of this commit; the index entry of
 * each file follows. Nothing is changed on error: CONFLICT (the file in HEAD, in the index or in
 * the work tree is not `seen`), LOCKED (index, HEAD or branch, after waiting a moment; the message
 * names the lock file), STATE, NO_IDENTITY, INVALID (no change at all; a path that leads out of the
 * work tree, through a symbolic link, or to what is special to git), IO. `message` is cleaned as
 * git does (trailing blanks), never interpreted. */
bool repo_commit(struct repo *repo, const struct repo_change *changes, size_t count,
	const char *message, char id[REPO_ID_SIZE], GError **error);

/* Undoes a commit by a new one. Errors as repo_commit(); NOT_FOUND (no such commit, or nothing of
 * it is left to undo); CONFLICT where later commits changed the same lines; INVALID for a merge, or
 * what is no plain file. */
bool repo_revert(struct repo *repo, const char *id, const char *message, char new_id[REPO_ID_SIZE],
	GError **error);

/* The history from HEAD, newest first, at most `limit` commits (0: all) after skipping `skip`; with
 * `path`, only those that changed it (a merge: against each parent). Returns an array of struct
 * repo_commit, or NULL with an error: STATE (a shallow clone), IO; the caller frees it with
 * g_ptr_array_unref(). */
GPtrArray *repo_log(
	struct repo *repo, const char *path, unsigned skip, unsigned limit, GError **error);

#define REPO_DIFF_MAX ((size_t)1 << 20)
/* The commit's patch against its first parent in git's format, at most 1 MiB (then cut, with a last
 * line that says so); bytes as they are, but `?` for NUL. Error: NOT_FOUND, IO. The caller frees it
 * with g_free(). */
char *repo_diff(struct repo *repo, const char *id, GError **error);

/* The content of a file in HEAD, or NULL without an error where it is not there. The caller frees
 * it with g_free(). */
char *repo_file(struct repo *repo, const char *path, GError **error);

/* Whether HEAD is elsewhere than at the last call (or at opening) for another reason than a commit
 * of this handle: somebody else committed. */
bool repo_moved(struct repo *repo);

struct repo_change_at {
	char id[REPO_ID_SIZE];
	gint64 time;   /* of the author, seconds since the epoch, UTC */
	bool modified; /* the file in the work tree is another than in HEAD */
};

/* The commits that changed files (of const char *, paths) last, as repo_log() has them: path →
 * struct repo_change_at, for those that are in HEAD. `head` gets HEAD's own. In a shallow clone,
 * whose history is not known, it is HEAD for all. NULL with an error: STATE (no commit yet), IO.
 * The caller frees it with g_hash_table_unref(). */
GHashTable *repo_last_changes(
	struct repo *repo, const GPtrArray *paths, struct repo_change_at *head, GError **error);

/* One line out of untrusted text for a commit message or trailer: control, bidi and invisible
 * characters and invalid UTF-8 replaced by `?`, white space folded, cut at `max` bytes on a
 * character boundary. The caller frees it with g_free(). */
char *repo_message_line(const char *text, size_t max);

#endif
