/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The ruleset and those of colleagues: fetching, putting one's own commits on top of theirs,
 * pushing. Nothing touches the network but repo_fetch() and repo_push(). Nothing is ever forced.
 */
#ifndef ESPIAL_RULES_REPO_SYNC_H
#define ESPIAL_RULES_REPO_SYNC_H

#include "rules/repo.h"

/* Where the branch stands, as far as was last fetched. */
struct repo_standing {
	char *branch;           /* `main`; NULL: HEAD is detached */
	char *remote;           /* `origin`; NULL: there is none, nothing can be synced */
	char *url;              /* of it, without a password */
	char *upstream;         /* `origin/main`: what was fetched of it; NULL without remote */
	bool fetched;           /* there is such a branch */
	unsigned ahead;         /* commits that were not pushed */
	unsigned behind;        /* commits of others that are not below HEAD */
	char tip[REPO_ID_SIZE]; /* of upstream; "" where it was not fetched */
};

/* Never touches the network. Never NULL but with an error: IO. The caller frees it with
 * repo_standing_free(). */
struct repo_standing *repo_standing(struct repo *repo, GError **error);
void repo_standing_free(struct repo_standing *standing);

/* Commits ahead (`theirs` false) or behind, newest first, at most `limit` (0: all): an array of
 * struct repo_commit; the caller frees it with g_ptr_array_unref(). */
GPtrArray *repo_sync_log(struct repo *repo, bool theirs, unsigned limit, GError **error);

/* How the one who waits for the network is told and asked, in his thread. */
struct repo_talk {
	bool (*stop)(void *user);                       /* asked often; NULL: never stops */
	void (*progress)(void *user, const char *what); /* one line; NULL */
	void *user;
	bool terminal; /* git's programs may ask on the terminal, as for a password */
};

/* Fetches all that the remote's configuration says. Errors: STATE (no remote, a shallow clone),
 * OFFLINE, REFUSED (by name or password), CANCELLED, INVALID (its URL), IO. */
bool repo_fetch(struct repo *repo, const struct repo_talk *talk, GError **error);

/* Pushes the branch to the remote's. `as` NULL: to the branch that it follows; else to the new
 * branch of that name. Errors as repo_fetch(), and CHANGED (others pushed meanwhile: fetch, rebase,
 * push again), REFUSED (the other side, or the pre-push hook, said no: the message says why). */
bool repo_push(struct repo *repo, const char *as, const struct repo_talk *talk, GError **error);

#endif
