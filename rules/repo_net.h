/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the files that talk to remotes share: the transports and credentials of one fetch or push.
 */
#ifndef ESPIAL_RULES_REPO_NET_H
#define ESPIAL_RULES_REPO_NET_H

#include "rules/repo_internal.h"

#include <git2/sys/transport.h>

/* One fetch or push, in its own thread. */
struct repo_net {
	git_repository *git;
	const char *dir; /* the work tree */
	const char *remote;
	bool terminal;   /* programs may ask on it */
	gint *cancelled; /* atomic */
	/* Called whenever something came or went. */
	void (*alive)(void *user);
	void *user;

	GString *said;    /* by the program at the other end, or that connects to it */
	char *credential; /* the last one that was tried, as git credential wrote it; NULL */
	unsigned tries;
};

/* ---- repo_transport.c ---- */

enum repo_url_kind {
	REPO_URL_LOCAL, /* a path of this machine */
	REPO_URL_SSH,
	REPO_URL_OTHER, /* left to libgit2: https, git */
};

struct repo_url {
	enum repo_url_kind kind;
	char *host; /* [user@]host, as ssh takes it */
	char *port; /* NULL */
	char *path;
};

/* Takes a URL apart as git does: also `host:path` and plain paths, which are relative to `dir`.
 * Error: INVALID (a host or path that would be taken for an option). The caller clears it with
 * repo_url_clear(). */
bool repo_url_parse(const char *url, const char *dir, struct repo_url *parsed, GError **error);
void repo_url_clear(struct repo_url *url);

/* For git_remote_callbacks.transport, with a struct repo_net as the payload, where the URL is local
 * or of ssh: git's own programs at both ends, as git runs them. */
int repo_transport(git_transport **out, git_remote *owner, void *payload);

/* ---- repo_credential.c ---- */

/* For git_remote_callbacks.credentials: what the user's credential helpers know. */
int repo_credential(git_credential **out, const char *url, const char *user_from_url,
	unsigned int allowed, void *payload);
/* Tells the helpers whether the last one was good. */
void repo_credential_end(struct repo_net *net, bool good);

#endif
