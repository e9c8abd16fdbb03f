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
	char *path;
	git_oid seen_head; /* for repo_moved() */
};

/* Sets the error for what libgit2 returned: `what` says what was tried. */
void repo_set_error(GError **error, int code, const char *what);

/* HEAD's commit; the caller frees it with git_commit_free(). Error: STATE where HEAD is unborn. */
bool repo_head(struct repo *repo, git_commit **head, GError **error);

/* The user's signature now; the caller frees it with git_signature_free(). Error: NO_IDENTITY. */
bool repo_signature(
	struct repo *repo, git_signature **author, git_signature **committer, GError **error);

#endif
