/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The user's hooks and signatures: what git does with a commit besides making it.
 */
#ifndef ESPIAL_RULES_REPO_HOOKS_H
#define ESPIAL_RULES_REPO_HOOKS_H

#include "rules/repo_internal.h"

struct repo_net;

/* ---- repo_hooks.c ---- */

struct repo_hook {
	const char *name;
	const char *const *args; /* ended by NULL; NULL: none */
	const char *input;       /* NULL: nothing */
	char **environment;      /* NULL: the caller's */
	bool no_terminal;
	bool (*stop)(void *user); /* NULL: never */
	void *user;
};

/* Whether there is such a hook and git would run it: it is executable. */
bool repo_has_hook(git_repository *git, const char *name);
/* Runs the hook as git does, in the work tree `dir`; true where there is none. Errors: REFUSED (it
 * says no: the message has what it printed), IO, CANCELLED. */
bool repo_hook_run(
	git_repository *git, const char *dir, const struct repo_hook *hook, GError **error);

/* pre-push; `input` is what it is told will be pushed. */
bool repo_hook_pre_push(struct repo_net *net, const char *input, GError **error);

/* Whether any hook has a say in a commit. */
bool repo_has_commit_hooks(git_repository *git);

/* Lets pre-commit look at `*tree`, which it may change: then `*tree` is another. The files are in
 * the work tree already. */
bool repo_hook_pre_commit(
	struct repo *repo, const git_signature *author, git_tree **tree, GError **error);
/* Lets prepare-commit-msg and commit-msg look at the message, which they may change; the caller
 * frees it with g_free(). */
bool repo_hook_message(
	struct repo *repo, const git_signature *author, char **message, GError **error);
/* What it says is of no consequence. */
void repo_hook_post_commit(struct repo *repo);

/* ---- repo_sign.c ---- */

/* Makes the commit's object, signed where the user's configuration says so (commit.gpgsign,
 * gpg.format openpgp, x509 and ssh). `message` is final. Error: REFUSED (it could not be signed),
 * IO. */
bool repo_write_commit(struct repo *repo, const git_signature *author,
	const git_signature *committer, const char *encoding, const char *message,
	const git_tree *tree, size_t count, const git_commit **parents, git_oid *id,
	GError **error);

/* `message` with a Signed-off-by trailer where git's configuration has espial.signoff, unless it is
 * there; the caller frees it with g_free(). */
char *repo_sign_off(git_repository *git, const git_signature *committer, const char *message);
/* The same with any trailer line. */
char *repo_add_trailer(const char *message, const char *trailer);

#endif
