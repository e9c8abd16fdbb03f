/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The locks of a commit: index.lock, which is at first a copy of the index, then the new one, and
 * at last the old one; and the lock of the branch. The new index is in place before the branch
 * moves: `git commit` reads the index before it locks it, and one that lagged behind the branch
 * would be committed as a revert.
 */
#include "rules/repo_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <git2/sys/repository.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* git status and the like hold the index for moments. */
#define WAIT_MS 200
#define STEP_MS 10UL

struct repo_lock {
	struct repo *repo;
	char *index_path;
	char *lock_path; /* NULL while not held */
	git_index *index;
	bool exchanged; /* index and lock file: the lock file is the old index */
	char *branch;   /* full name */
	git_transaction *transaction;
};

static void set_locked(GError **error, const char *file)
{
	g_set_error(error, ESPIAL_ERROR, ESPIAL_ERROR_LOCKED,
		"another git command is at work (%s): wait for it, or remove the file if none is",
		file);
}

static bool set_errno(GError **error, const char *file)
{
	g_set_error(error, ESPIAL_ERROR, ESPIAL_ERROR_IO, "%s: %s", file, g_strerror(errno));
	return false;
}

/* ---- the index ---- */

/* A file that was changed in the tick in which the index was written is known by the index being no
 * younger: the copy keeps its time. */
static bool copy_index(const struct repo_lock *lock, int fd, GError **error)
{
	g_autofree char *bytes = NULL;
	struct stat status;
	gsize len;

	if (stat(lock->index_path, &status) != 0)
		return set_errno(error, lock->index_path);
	if (!repo_read_file(lock->index_path, &bytes, &len, error))
		return false;
	struct timespec times[2] = {status.st_mtim, status.st_mtim};
	if (write(fd, bytes, len) == (ssize_t)len && futimens(fd, times) == 0)
		return true;
	return set_errno(error, lock->lock_path);
}

static bool lock_index(struct repo_lock *lock, GError **error)
{
	g_autofree char *path = g_strconcat(lock->index_path, ".lock", NULL);
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666), code;
	bool copied;

	if (fd < 0 && errno == EEXIST) {
		set_locked(error, path);
		return false;
	}
	if (fd < 0)
		return set_errno(error, path);
	lock->lock_path = g_steal_pointer(&path);
	copied = copy_index(lock, fd, error);
	close(fd);
	if (!copied)
		return false;
	code = git_index_open(&lock->index, lock->lock_path);
	if (code == 0)
		code = git_index_read(lock->index, 1);
	if (code != 0)
		repo_set_error(error, code, lock->index_path);
	return code == 0;
}

static bool has_parent_entry(git_index *index, const char *path)
{
	for (const char *slash = strchr(path, '/'); slash; slash = strchr(slash + 1, '/')) {
		g_autofree char *parent = g_strndup(path, (gsize)(slash - path));

		if (git_index_get_bypath(index, parent, GIT_INDEX_STAGE_NORMAL))
			return true;
	}
	return false;
}

bool repo_lock_unstaged(const struct repo_lock *lock, const struct repo_edit *edit)
{
	const git_index_entry *entry =
		git_index_get_bypath(lock->index, edit->path, GIT_INDEX_STAGE_NORMAL);

	for (int stage = GIT_INDEX_STAGE_ANCESTOR; stage <= GIT_INDEX_STAGE_THEIRS; stage++)
		if (git_index_get_bypath(lock->index, edit->path, stage))
			return false;
	if (git_oid_is_zero(&edit->before))
		return !entry && !has_parent_entry(lock->index, edit->path);
	return entry && git_oid_equal(&entry->id, &edit->before);
}

int repo_index_add(git_index *index, const char *work_tree, const char *path, const git_oid *id,
	git_filemode_t mode)
{
	g_autofree char *full = g_build_filename(work_tree, path, NULL);
	git_index_entry entry = {.path = path, .mode = (uint32_t)mode, .id = *id};
	struct stat status;

	/* without its status git would have to read the file to know that it is the same */
	if (lstat(full, &status) == 0) {
		entry.ctime.seconds = (int32_t)status.st_ctim.tv_sec;
		entry.ctime.nanoseconds = (uint32_t)status.st_ctim.tv_nsec;
		entry.mtime.seconds = (int32_t)status.st_mtim.tv_sec;
		entry.mtime.nanoseconds = (uint32_t)status.st_mtim.tv_nsec;
		entry.dev = (uint32_t)status.st_dev;
		entry.ino = (uint32_t)status.st_ino;
		entry.uid = status.st_uid;
		entry.gid = status.st_gid;
		entry.file_size = (uint32_t)status.st_size;
	}
	return git_index_add(index, &entry);
}

bool repo_lock_stage(
	struct repo_lock *lock, const struct repo_edit *edits, size_t count, GError **error)
{
	int code = 0;

	for (size_t i = 0; i < count && code == 0; i++)
		code = git_oid_is_zero(&edits[i].after)
			       ? git_index_remove(lock->index, edits[i].path, 0)
			       : repo_index_add(lock->index, lock->repo->path, edits[i].path,
					 &edits[i].after, edits[i].mode);
	/* only an index of the repository's is checked for files changed in the same tick */
	git_repository_set_index(lock->repo->git, lock->index);
	if (code == 0)
		code = git_index_write(lock->index);
	git_repository_set_index(lock->repo->git, NULL);
	if (code != 0)
		repo_set_error(error, code, lock->index_path);
	return code == 0;
}

/* Where the file system cannot exchange two files, the lock of the index is given up here. */
static bool install_index(struct repo_lock *lock, GError **error)
{
	lock->exchanged = renameat2(AT_FDCWD, lock->lock_path, AT_FDCWD, lock->index_path,
				  RENAME_EXCHANGE) == 0;
	if (lock->exchanged)
		return true;
	if (g_rename(lock->lock_path, lock->index_path) != 0)
		return set_errno(error, lock->index_path);
	g_clear_pointer(&lock->lock_path, g_free);
	return true;
}

static void put_index_back(struct repo_lock *lock)
{
	if (lock->exchanged && g_rename(lock->lock_path, lock->index_path) == 0)
		g_clear_pointer(&lock->lock_path, g_free);
}

/* ---- the branch ---- */

static bool head_is_locked(const struct repo *repo, GError **error)
{
	g_autofree char *path = g_build_filename(git_repository_path(repo->git), "HEAD.lock", NULL);

	if (!g_file_test(path, G_FILE_TEST_EXISTS))
		return false;
	set_locked(error, path);
	return true;
}

static bool lock_branch(struct repo_lock *lock, GError **error)
{
	git_repository *git = lock->repo->git;
	git_reference *head = NULL;
	int code = git_repository_head(&head, git);

	if (code == 0) {
		lock->branch = g_strdup(git_reference_name(head));
		code = git_transaction_new(&lock->transaction, git);
	}
	if (code == 0)
		code = git_transaction_lock_ref(lock->transaction, lock->branch);
	git_reference_free(head);
	if (code == GIT_ELOCKED) {
		g_autofree char *path =
			g_strconcat(git_repository_commondir(git), lock->branch, ".lock", NULL);

		set_locked(error, path);
	} else if (code != 0) {
		repo_set_error(error, code, lock->repo->path);
	}
	return code == 0;
}

/* ---- both ---- */

void repo_lock_free(struct repo_lock *lock)
{
	if (!lock)
		return;
	git_transaction_free(lock->transaction);
	git_index_free(lock->index);
	if (lock->lock_path)
		g_unlink(lock->lock_path);
	g_free(lock->lock_path);
	g_free(lock->index_path);
	g_free(lock->branch);
	g_free(lock);
}

static struct repo_lock *try_lock(struct repo *repo, GError **error)
{
	struct repo_lock *lock = g_new0(struct repo_lock, 1);

	lock->repo = repo;
	lock->index_path = g_build_filename(git_repository_path(repo->git), "index", NULL);
	if (!head_is_locked(repo, error) && lock_index(lock, error) && lock_branch(lock, error))
		return lock;
	repo_lock_free(lock);
	return NULL;
}

struct repo_lock *repo_lock_new(struct repo *repo, GError **error)
{
	for (unsigned long waited = 0;; waited += STEP_MS) {
		GError *failed = NULL;
		struct repo_lock *lock = try_lock(repo, &failed);

		if (lock)
			return lock;
		if (waited >= WAIT_MS ||
			!g_error_matches(failed, ESPIAL_ERROR, ESPIAL_ERROR_LOCKED)) {
			g_propagate_error(error, failed);
			return NULL;
		}
		g_error_free(failed);
		g_usleep(STEP_MS * 1000);
	}
}

bool repo_lock_finish(struct repo_lock *lock, const git_oid *commit, const git_signature *committer,
	const char *subject, GError **error)
{
	g_autofree char *log = g_strdup_printf("commit: %s", subject);
	int code;

	if (!install_index(lock, error))
		return false;
	code = git_transaction_set_target(lock->transaction, lock->branch, commit, committer, log);
	if (code == 0)
		code = git_transaction_commit(lock->transaction);
	if (code == 0)
		return true;
	repo_set_error(error, code, lock->branch);
	put_index_back(lock);
	return false;
}
