/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The link index: what of every message matters to rules and campaigns, in an SQLite database. It
 * is a cache: all of it comes from the mail and the ruleset, and deleting it loses nothing. Several
 * programs can use it at once, and it can be killed at any moment. A handle belongs to one thread;
 * others open their own with index_open_again().
 *
 * docs/link-index.md describes the tables.
 */
#ifndef ESPIAL_TUI_INDEX_INDEX_H
#define ESPIAL_TUI_INDEX_INDEX_H

#include "rules/matcher.h"
#include "tui/mail/origin.h"
#include "tui/mail/store.h"

struct index;

/* Opens the database, making it or bringing it up to date; one that is broken, or of a later
 * version, is made anew. Error: IO. The caller frees it with index_close(). */
struct index *index_open(const char *path, GError **error);
/* An index in a scratch directory, for a program that can have no other; it is gone with the last
 * handle. */
struct index *index_open_scratch(GError **error);
/* May be called from another thread while the first is in use. */
struct index *index_open_again(const struct index *index, GError **error);
void index_close(struct index *index);
const char *index_path(const struct index *index);

/* Whom to believe on where mail was sent from; borrowed, also by handles that are opened again from
 * this one. NULL, as at first: docs/off-network.md says what goes then. */
void index_set_trust(struct index *index, const struct origin_trust *trust);

/* The file for a store and a ruleset under `dir`; the caller frees it with g_free(). */
char *index_file(const char *dir, const char *store_path, const char *ruleset_dir);

/* ---- writing ---- */

/* Called now and then with how far it is (`total` 0: unknown); returns false to stop. */
typedef bool (*index_progress_fn)(void *user, const char *what, unsigned done, unsigned total);

/* Brings the index in step with the store and the rules: reads messages that are new since the last
 * time, newest first, drops those that are gone, and judges again the links that changed rules
 * could concern. What is done when it is stopped or fails stays done. Returns false where it was
 * stopped (without an error) or failed: LOCKED (another program writes the index), IO, CHANGED. */
bool index_update(struct index *index, struct store *store, struct matcher *matcher,
	index_progress_fn progress, void *user, GError **error);

/* Reads one message into the index at once, unless it is there. Returns whether it is there then.
 */
bool index_message(struct index *index, struct store *store, struct matcher *matcher,
	const char *message_id, GError **error);

/* Forgets everything; what follows is index_update(). */
bool index_clear(struct index *index, GError **error);

/* ---- reading ---- */

/* The providers whose trackers the message carries, sorted, each once, joined by blanks; "" where
 * there are none, NULL where the message is not in the index. The caller frees it with g_free(). */
char *index_esps(struct index *index, const char *message_id);

/* Whether the networks of the message's providers sent it: off where one of them did not, on where
 * one of them did, else unknown. */
enum origin_network index_verdict(struct index *index, const char *message_id);

/* Whether the message has a link that looks like a tracker and that no rule explains; false also
 * where the message is not in the index. */
bool index_has_unexplained(struct index *index, const char *message_id);

/* The network that the message was sent from, NULL where it is not known; the caller frees it with
 * g_free(). */
char *index_network(struct index *index, const char *message_id);

/* The different networks that mail with links of the account was sent from, that of the provider's
 * own network left out, and mail of which that is not known. From the first 5,000 such messages. */
#define INDEX_ACCOUNT_MESSAGES 5000
unsigned index_account_networks(struct index *index, const char *esp, const char *account);

struct index_totals {
	gint64 messages, unreadable;
	gint64 links; /* of messages: each URL of a message once */
	gint64 urls;  /* different ones */
	gint64 explained, opaque;
};
bool index_totals(struct index *index, struct index_totals *totals, GError **error);

/* Whether the whole store was read into it once: since then, only what came last can be missing. */
bool index_is_whole(struct index *index);
/* Whether the index has caught up with this revision (store_revision()) of the store. */
bool index_is_current(struct index *index, const char *revision);

/* A link that a rule explains. Strings live during the call. */
struct index_hit {
	const char *message_id;
	const char *url;  /* the link */
	const char *href; /* where in its chain the rule matches */
	const char *rule; /* the rule that explains that today; NULL: none */
};
/* Calls `hit` for every link of the index that a rule (of the ruleset of `matcher`) explains, the
 * links of one URL one after another, newest messages first; it returns false to stop. Mail is not
 * parsed: only URLs of hosts that the rule can match are looked at. */
bool index_rule_hits(struct index *index, const struct matcher *matcher, const char *rule_id,
	bool (*hit)(void *user, const struct index_hit *hit), void *user, GError **error);

#endif
